export { columnsFirst, resamplingWeights, resizeBilinear } from '@stargan/resizing';
export type { Box, ResamplingFilter, ResamplingWeights, RgbImage, Size } from '@stargan/resizing';
