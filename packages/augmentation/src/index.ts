export {
  adaptiveProbability,
  initialAdaptiveProbability,
  meanSign,
  updateAdaptiveProbability,
  type AdaptiveProbability,
  type AdaptiveProbabilityOptions,
} from './adaptive-probability.js';
export {
  augment,
  AUGMENTATION_OPERATIONS,
  augmentationUniforms,
  UNIFORMS_PER_IMAGE,
  type AugmentationOperation,
  type AugmentOptions,
} from './augment.js';
export { adjustBrightness, adjustContrast, adjustSaturation } from './color.js';
export { cutOut, cutoutSize } from './cutout.js';
export { shiftPixels } from './translation.js';
