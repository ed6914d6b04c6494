export { convolution, linear } from './affine.js';
export { residualBlock, styledResidualBlock } from './blocks.js';
export { minibatchStdDev, patchDiscriminator } from './discriminators.js';
export type { Input } from './input-shapes.js';
export { weightOptions, type LayerKind, type WeightOptions } from './layer-kind.js';
export { adain, conditionalInstanceNorm, instanceNorm, layerNorm, type SlopeOptions } from './norms.js';
export { choiceOption, finiteNumberOption, flagOption, wholeNumberOption, type Option, type OptionTable } from './options.js';
export { registerTfLayers } from './register.js';
export { tfLayer, type OneOutputLayer, type TfLayer, type TfLayerArgs } from './tf-layer.js';
