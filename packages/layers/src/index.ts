export { adain } from './adain.js';
export { conditionalInstanceNorm, type PerDomainLayer } from './conditional-instance-norm.js';
export { checkpointed, type Checkpointing } from './checkpointing.js';
export { convolution, type ConvolutionLayerOptions } from './convolution.js';
export { downsamplingTrunk, type Trunk, type TrunkOptions } from './downsampling-trunk.js';
export { initializeParameters } from './initialize.js';
export { instanceNorm } from './instance-norm.js';
export { type DomainLabels, domainWeights } from './domain-weights.js';
export { concatenateLabels } from './label-maps.js';
export type { Layer } from './layer.js';
export { layerNorm } from './layer-norm.js';
export { LEAKY_SLOPE } from './leaky-slope.js';
export { linear } from './linear.js';
export { minibatchStdDev, type MinibatchStdDevOptions } from './minibatch-std-dev.js';
export type { Network } from './network.js';
export {
  imageLevels,
  levelWidths,
  requireDomainLabels,
  requireImage,
  requirePositiveInteger,
  type WidthOptions,
} from './network-arguments.js';
export {
  fromTorchLayout,
  join,
  parameter,
  parameterCount,
  toTorchLayout,
  torchShape,
  type ParameterKind,
  type ParameterSpec,
} from './parameter-spec.js';
export {
  multiScaleDiscriminator,
  patchDiscriminator,
  type MultiScaleDiscriminator,
  type PatchDiscriminatorOptions,
} from './patch-discriminator.js';
export { applyPerDomain, rowsOfDomains, valuesOfDomains, type Head } from './per-domain.js';
export { residualBlock, type ResidualBlockOptions } from './residual-block.js';
export { spectralNormalization, type SpectralNormalization, type SpectrallyNormalized } from './spectral-normalization.js';
export { styledResidualBlock, type StyledResidualBlockOptions } from './styled-residual-block.js';
export {
  blockConvolutions,
  convolutionMethods,
  DEFAULT_CONVOLUTION,
  type BlockConvolutions,
  type ConvolutionStep,
  type LastConvolutionStep,
  type ConvolutionMethod,
} from './convolution-method.js';
