import { tidy, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { defineFusedOperation, gradientsAtOnce } from './fused/define-fused-operation.js';
import { instanceNormalizationGradientsKernel, instanceNormalizationKernel } from './fused/instance-normalization.js';
import {
  composeInputGradient,
  composeNormalization,
  composeScaleGradient,
  composeShiftGradient,
  constantStatistics,
  type NormalizationAttributes,
  type Normalized,
  type Statistics,
  type WithGradient,
} from './normalization-composition.js';
import { defineOperation, hasKernel, isRecording, type Operation } from './operation.js';
import { FEATURE_MAP, requireRank4, requireShape } from './shapes.js';

/** Options of the normalisations. */
export interface NormalizationOptions {
  /** Added to the variance before the root. */
  epsilon?: number | undefined;
  /** Slope of a leaky ReLU that is applied to the result, in the same operation; 1 is none. */
  slope?: number | undefined;
}

/** All gradients, in one go where a kernel makes them so; what is `consumed` is freed then. */
export function normalizationGradients(
  inputs: WithGradient,
  attributes: NormalizationAttributes,
  consumed: readonly Tensor[] = [],
): Record<keyof Normalized, () => Tensor> {
  const each = {
    x: () => composeInputGradient(inputs, attributes),
    scale: () => composeScaleGradient(inputs, attributes),
    shift: () => composeShiftGradient(inputs, attributes),
  };
  return gradientsAtOnce(instanceNormalizationGradientsKernel, inputs, attributes, ['x', 'scale', 'shift'], consumed) ?? each;
}

/** For backends with a kernel of their own, which makes the statistics anew faster than it could read a tensor. */
const normalizeFused = defineFusedOperation(instanceNormalizationKernel, {
  saved: ['x', 'scale', 'shift'],
  gradients: (dy, saved, attributes) => normalizationGradients({ dy, ...saved }, attributes),
});

/** For the others: keeps the statistics too. They are constants to the tape, the gradient accounts for them. */
const normalizeComposed: Operation<Normalized & Statistics, NormalizationAttributes> = defineOperation({
  name: 'InstanceNormalizationWithStatistics',
  forward: ({ center, inverse, ...inputs }, attributes) => composeNormalization(inputs, attributes, { center, inverse }),
  saved: ['x', 'scale', 'shift', 'center', 'inverse'],
  gradients: (dy, { center, inverse, ...saved }, attributes) => {
    const inputs = { dy, ...saved };
    // A gradient that will be differentiated must see how the statistics depend on x.
    const known = isRecording() ? undefined : { center, inverse };
    return {
      x: () => composeInputGradient(inputs, attributes, known),
      scale: () => composeScaleGradient(inputs, attributes, known),
      shift: () => composeShiftGradient(inputs, attributes, known),
      center: () => zerosLike(center),
      inverse: () => zerosLike(inverse),
    };
  },
});

function normalize(inputs: Normalized, attributes: NormalizationAttributes): Tensor4D {
  if (hasKernel(instanceNormalizationKernel.kernelName)) return normalizeFused(inputs, attributes) as Tensor4D;
  return tidy(() => normalizeComposed({ ...inputs, ...constantStatistics(inputs.x, attributes.epsilon) }, attributes) as Tensor4D);
}

/**
 * Instance normalisation: every channel of every image is brought to mean 0 and variance 1 over its pixels
 * (biased variance), then scaled and shifted; with `slope`, a leaky ReLU follows.
 *
 * Source: Ulyanov, Vedaldi, Lempitsky, arXiv 1607.08022.
 *
 * @param x [batch, height, width, channels]
 * @param scale [channels]
 * @param shift [channels]
 * @throws when the shapes do not fit
 */
export function instanceNormalization(
  x: Tensor,
  scale: Tensor,
  shift: Tensor,
  { epsilon = 1e-5, slope = 1 }: NormalizationOptions = {},
): Tensor4D {
  requireRank4('instanceNormalization', 'x', x, FEATURE_MAP);
  const channels = x.shape[3];
  requireShape('instanceNormalization', 'scale', scale, [channels]);
  requireShape('instanceNormalization', 'shift', shift, [channels]);
  return normalize({ x, scale, shift }, { epsilon, slope, offset: 0 });
}

/**
 * Adaptive instance normalisation (1 + γ) · IN(x) + β, γ and β given for every image; with `slope`, a leaky ReLU
 * follows.
 *
 * Source: Huang, Belongie, arXiv 1703.06868; in the form of StarGAN v2.
 *
 * @param x [batch, height, width, channels]
 * @param gamma [batch, channels]
 * @param beta [batch, channels]
 * @throws when the shapes do not fit
 */
export function adaptiveInstanceNormalization(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  { epsilon = 1e-5, slope = 1 }: NormalizationOptions = {},
): Tensor4D {
  requireRank4('adaptiveInstanceNormalization', 'x', x, FEATURE_MAP);
  const [batch, , , channels] = x.shape;
  requireShape('adaptiveInstanceNormalization', 'gamma', gamma, [batch, channels]);
  requireShape('adaptiveInstanceNormalization', 'beta', beta, [batch, channels]);
  return normalize({ x, scale: gamma, shift: beta }, { epsilon, slope, offset: 1 });
}
