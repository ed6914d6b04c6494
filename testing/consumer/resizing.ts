import { columnsFirst, resamplingWeights, resizeBilinear, type RgbImage } from '@stargan/resizing';

const picture: RgbImage = { width: 2, height: 2, data: new Uint8Array(12) };
const half: RgbImage = resizeBilinear(picture, 1, 1, { left: 0, top: 0, width: 2, height: 2 });
console.log(half.data, resamplingWeights('bicubic', 4, 2).values, columnsFirst(picture, { width: 1, height: 1 }));
