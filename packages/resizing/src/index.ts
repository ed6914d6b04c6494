export type { Box, RgbImage } from './image.js';
export { pixelsToFloats, type PixelsToFloatsOptions } from './pixels-to-floats.js';
export { columnsFirst, resamplingWeights, type ResamplingFilter, type ResamplingWeights, type Size } from './resampling-weights.js';
export { resizeBilinear } from './resize-bilinear.js';
