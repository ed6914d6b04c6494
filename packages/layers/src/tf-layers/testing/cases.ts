import { randomNormal, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import * as functional from '../../index.js';
import {
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
} from '../index.js';

/** One layer of tf.layers beside the layer that it is made from. */
export interface Case {
  readonly make: (config: { name: string }) => layers.Layer;
  readonly layer: functional.Layer<Tensor[], Tensor>;
  readonly inputs: () => Tensor[];
}

export const SEED = 11;

const image = (...shape: number[]): Tensor => randomNormal(shape, 0, 1, 'float32', 5);
const style = (batch: number, styleDim: number): Tensor => randomNormal([batch, styleDim], 0, 1, 'float32', 6);
const conditional = functional.conditionalInstanceNorm('', { channels: 3, domains: 4, slope: 0.2 });

export const cases: Readonly<Record<string, Case>> = {
  adain: {
    make: (config) => adain({ ...config, slope: 0.2, seed: SEED }),
    layer: functional.adain('', { channels: 3, styleDim: 5, slope: 0.2 }),
    inputs: () => [image(2, 4, 6, 3), style(2, 5)],
  },
  instanceNorm: {
    make: (config) => instanceNorm(config),
    layer: functional.instanceNorm('', { channels: 3 }),
    inputs: () => [image(2, 4, 6, 3)],
  },
  layerNorm: {
    make: (config) => layerNorm(config),
    layer: functional.layerNorm('', { channels: 3 }),
    inputs: () => [image(2, 4, 6, 3)],
  },
  conditionalInstanceNorm: {
    make: (config) => conditionalInstanceNorm({ ...config, domains: 4, slope: 0.2 }),
    layer: { specs: conditional.specs, apply: (parameters, x) => conditional.apply(parameters, x, [3, 1]) },
    inputs: () => [image(2, 4, 6, 3), tensor2d([[3], [1]])],
  },
  residualBlock: {
    make: (config) => residualBlock({ ...config, outChannels: 5, normalize: true, downsample: true, seed: SEED }),
    layer: functional.residualBlock('', { inChannels: 3, outChannels: 5, normalize: true, downsample: true }),
    inputs: () => [image(2, 4, 6, 3)],
  },
  styledResidualBlock: {
    make: (config) => styledResidualBlock({ ...config, outChannels: 2, upsample: true, seed: SEED }),
    layer: functional.styledResidualBlock('', { inChannels: 3, outChannels: 2, styleDim: 5, upsample: true }),
    inputs: () => [image(2, 4, 6, 3), style(2, 5)],
  },
  convolution: {
    make: (config) => convolution({ ...config, outChannels: 2, size: 3, padding: 'valid', seed: SEED }),
    layer: functional.convolution('', { inChannels: 3, outChannels: 2, size: 3, padding: 'valid' }),
    inputs: () => [image(2, 4, 6, 3)],
  },
  linear: {
    make: (config) => linear({ ...config, outFeatures: 4, seed: SEED }),
    layer: functional.linear('', { inFeatures: 5, outFeatures: 4 }),
    inputs: () => [style(2, 5)],
  },
  minibatchStdDev: {
    make: (config) => minibatchStdDev({ ...config, groupSize: 2, maps: 3 }),
    layer: { specs: [], apply: (_, x) => functional.minibatchStdDev(x, { groupSize: 2, maps: 3 }) },
    inputs: () => [image(4, 4, 6, 3)],
  },
  patchDiscriminator: {
    make: (config) => patchDiscriminator({ ...config, width: 2, levels: 2, seed: SEED }),
    layer: functional.patchDiscriminator('model', { inChannels: 3, width: 2, levels: 2 }),
    inputs: () => [image(1, 17, 12, 3)],
  },
};
