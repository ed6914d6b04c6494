import { add, mean, mul, reshape, rsqrt, squaredDifference, sub, sum, tile } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { leakyRelu, rectifyGradient } from './activations.js';
import { defineOperation, fuseWhereUnrecorded, type Operation } from './operation.js';
import { FEATURE_MAP, requireRank4, requireShape } from './shapes.js';

/** Options of the normalisations. */
export interface NormalizationOptions {
  /** Added to the variance before the root. */
  epsilon?: number;
  /** Slope of a leaky ReLU that is applied to the result, in the same operation; 1 is none. */
  slope?: number;
}

const PIXELS = [1, 2];

interface PixelCount {
  height: number;
  width: number;
}

const spatialMean: Operation<{ x: Tensor }, PixelCount> = defineOperation({
  name: 'SpatialMean',
  forward: ({ x }) => mean(x, PIXELS, true),
  saved: [],
  gradients: (dy, _, size) => ({ x: () => spreadOverPixels({ x: mul(dy, 1 / (size.height * size.width)) }, size) }),
});

const spreadOverPixels: Operation<{ x: Tensor }, PixelCount> = defineOperation({
  name: 'SpreadOverPixels',
  forward: ({ x }, { height, width }) => tile(x, [1, height, width, 1]),
  saved: [],
  gradients: (dy) => ({ x: () => sum(dy, PIXELS, true) }),
});

/** Biased variance over the pixels; `center` must be the spatial mean of `x`. */
const spatialVariance: Operation<{ x: Tensor; center: Tensor }, PixelCount> = defineOperation({
  name: 'SpatialVariance',
  forward: ({ x, center }) => mean(squaredDifference(x, center), PIXELS, true),
  saved: ['x', 'center'],
  gradients: (dy, { x, center }, { height, width }) => ({
    x: () => mul(sub(x, center), mul(dy, 2 / (height * width))),
    // −2 · mean(x − center) vanishes identically because center is the mean, and so do its derivatives.
    center: () => mul(dy, 0),
  }),
});

/** x [batch, height, width, channels]; scale and shift [channels] or [batch, channels]. */
type Normalized = Record<'x' | 'scale' | 'shift', Tensor>;

interface Attributes {
  epsilon: number;
  slope: number;
  /** Added to the scale. */
  offset: number;
}

/** What the function and its gradients are made of; every tensor broadcasts over [batch, height, width, channels]. */
function standardize({ x, scale }: { x: Tensor; scale: Tensor }, { epsilon, offset }: Attributes): Record<'standard' | 'inverse' | 'factor', Tensor> {
  const [, height, width] = x.shape as [number, number, number, number];
  const center = spatialMean({ x }, { height, width });
  const inverse = rsqrt(add(spatialVariance({ x, center }, { height, width }), epsilon));
  const perPixel = overPixels(scale);
  return { standard: mul(sub(x, center), inverse), inverse, factor: offset === 0 ? perPixel : add(perPixel, offset) };
}

function overPixels(scale: Tensor): Tensor {
  const channels = scale.shape[scale.rank - 1]!;
  return reshape(scale, [scale.size / channels, 1, 1, channels]);
}

/** Axes along which one scale is used again and again. */
function sharedAxes(scale: Tensor): number[] {
  return scale.rank === 1 ? [0, 1, 2] : [1, 2];
}

// With x̂ = (x − mean) / √(variance + ε):  y₀ = (offset + scale) · x̂ + shift,  y = lrelu(y₀).
const normalize: Operation<Normalized, Attributes> = defineOperation({
  name: 'InstanceNormalization',
  forward: ({ x, scale, shift }, attributes) => {
    const { standard, factor } = standardize({ x, scale }, attributes);
    return activate(add(mul(standard, factor), overPixels(shift)), attributes);
  },
  saved: ['x', 'scale', 'shift'],
  gradients: (dy, saved, attributes) => ({
    x: () => inputGradient({ dy, ...saved }, attributes),
    scale: () => scaleGradient({ dy, ...saved }, attributes),
    shift: () => shiftGradient({ dy, ...saved }, attributes),
  }),
});

function activate(x: Tensor, { slope }: Attributes): Tensor {
  return slope === 1 ? x : leakyRelu(x, slope);
}

type WithGradient = Normalized & Record<'dy', Tensor>;

/** Gradient g with respect to y₀. */
function beforeActivation({ dy, shift }: WithGradient, standard: Tensor, factor: Tensor, { slope }: Attributes): Tensor {
  return slope === 1 ? dy : rectifyGradient({ dy, x: add(mul(standard, factor), overPixels(shift)) }, { slope });
}

// (offset + scale) / √(variance + ε) · (g − mean(g) − x̂ · mean(g · x̂))
const inputGradient: Operation<WithGradient, Attributes> = fuseWhereUnrecorded('InstanceNormalizationInputGradient', (inputs, attributes) => {
  const { standard, inverse, factor } = standardize(inputs, attributes);
  const g = beforeActivation(inputs, standard, factor, attributes);
  const [, height, width] = g.shape as [number, number, number, number];
  const along = mul(standard, spatialMean({ x: mul(g, standard) }, { height, width }));
  return mul(sub(sub(g, spatialMean({ x: g }, { height, width })), along), mul(factor, inverse));
});

const scaleGradient: Operation<WithGradient, Attributes> = fuseWhereUnrecorded('InstanceNormalizationScaleGradient', (inputs, attributes) => {
  const { standard, factor } = standardize(inputs, attributes);
  return sum(mul(beforeActivation(inputs, standard, factor, attributes), standard), sharedAxes(inputs.scale));
});

const shiftGradient: Operation<WithGradient, Attributes> = fuseWhereUnrecorded('InstanceNormalizationShiftGradient', (inputs, attributes) => {
  if (attributes.slope === 1) return sum(inputs.dy, sharedAxes(inputs.shift));
  const { standard, factor } = standardize(inputs, attributes);
  return sum(beforeActivation(inputs, standard, factor, attributes), sharedAxes(inputs.shift));
});

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
export function instanceNormalization(x: Tensor, scale: Tensor, shift: Tensor, { epsilon = 1e-5, slope = 1 }: NormalizationOptions = {}): Tensor4D {
  requireRank4('instanceNormalization', 'x', x, FEATURE_MAP);
  const channels = x.shape[3];
  requireShape('instanceNormalization', 'scale', scale, [channels]);
  requireShape('instanceNormalization', 'shift', shift, [channels]);
  return normalize({ x, scale, shift }, { epsilon, slope, offset: 0 }) as Tensor4D;
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
export function adaptiveInstanceNormalization(x: Tensor, gamma: Tensor, beta: Tensor, { epsilon = 1e-5, slope = 1 }: NormalizationOptions = {}): Tensor4D {
  requireRank4('adaptiveInstanceNormalization', 'x', x, FEATURE_MAP);
  const [batch, , , channels] = x.shape;
  requireShape('adaptiveInstanceNormalization', 'gamma', gamma, [batch, channels]);
  requireShape('adaptiveInstanceNormalization', 'beta', beta, [batch, channels]);
  return normalize({ x, scale: gamma, shift: beta }, { epsilon, slope, offset: 1 }) as Tensor4D;
}
