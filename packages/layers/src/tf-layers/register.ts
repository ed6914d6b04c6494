import { serialization } from '@tensorflow/tfjs-core';
import { convolution, linear } from './affine.js';
import { residualBlock, styledResidualBlock } from './blocks.js';
import { minibatchStdDev, patchDiscriminator } from './discriminators.js';
import { adain, conditionalInstanceNorm, instanceNorm, layerNorm } from './norms.js';

/** Makes the layers known to tf.layers, so that models with them can be loaded. Importing alone changes nothing. */
export function registerTfLayers(): void {
  for (const { layerClass } of [
    adain,
    conditionalInstanceNorm,
    convolution,
    instanceNorm,
    layerNorm,
    linear,
    minibatchStdDev,
    patchDiscriminator,
    residualBlock,
    styledResidualBlock,
  ]) {
    serialization.registerClass(layerClass);
  }
}
