import {
  columnsFirst,
  pixelsToFloats,
  resamplingWeights,
  resizeBilinear,
  type Box,
  type PixelsToFloatsOptions,
  type ResamplingFilter,
  type ResamplingWeights,
  type RgbImage,
  type Size,
} from '@stargan/resizing';

const picture: RgbImage = { width: 2, height: 2, data: new Uint8Array(12), notes: undefined };
const box: Box = { left: 0, top: 0, width: 2, height: 2 };
const half: RgbImage = resizeBilinear(picture, 1, 1, box);
const filter: ResamplingFilter = 'bicubic';
const weights: ResamplingWeights = resamplingWeights(filter, 4, 2);
const size: Size = { width: 1, height: 1 };
console.log(half.data, weights.values, columnsFirst(picture, size));

// The second of two pictures in one array, mirrored.
const options: PixelsToFloatsOptions = { flip: true, target: new Float32Array(24), offset: 12 };
const floats: Float32Array = pixelsToFloats(picture, options);
console.log(floats.length, pixelsToFloats(half).length);
