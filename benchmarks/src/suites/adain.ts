import type { Tensor } from '@tensorflow/tfjs-core';
import { adain, initializeParameters } from '@stargan/layers';
import type { Parameters } from '@stargan/ops';
import { normal } from '../inputs.js';
import { layerCases } from '../layer-cases.js';
import { loadVariants } from '../load-variants.js';
import { describeLevel, levelsOf } from '../scale.js';
import type { Suite } from '../suite.js';

/** Weights `fc.weight` [styleDim, 2 · channels] and `fc.bias`, x [batch, height, width, channels], style [batch, styleDim] → the shape of x. */
export type AdainVariant = (parameters: Parameters, x: Tensor, style: Tensor) => Tensor;

const variants = await loadVariants<AdainVariant>('adain');

/** AdaIN: instance norm with scale and shift from a style code. */
export const suite: Suite = {
  name: 'AdaIN',
  cases: ({ models }) =>
    models.flatMap((model) =>
      levelsOf(model).flatMap((level) => {
        const { batch, size, channels } = level;
        const { specs } = adain('', { channels, styleDim: model.styleDim });
        return layerCases({
          name: describeLevel(level),
          variants,
          inputs: () => ({
            ...initializeParameters(specs, 1, 'benchmark'),
            x: normal([batch, size, size, channels]),
            style: normal([batch, model.styleDim], 2),
          }),
          apply: (apply, inputs) => apply(inputs, inputs.x!, inputs.style!),
          fused: 'layers',
        });
      }),
    ),
};
