import { add, mean, mul, reshape, rsqrt, squaredDifference, squeeze, stack, sub, sum, tile, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { leakyRelu, rectifyGradient } from './activations.js';
import { withoutGradients } from './gradient-control.js';
import { defineOperation, type Operation } from './operation.js';

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
export type Normalized = Record<'x' | 'scale' | 'shift', Tensor>;

/** Inputs of a gradient. */
export type WithGradient = Normalized & Record<'dy', Tensor>;

/** Mean and 1 / √(variance + ε) over the pixels, [batch, 1, 1, channels]. */
export type Statistics = Record<'center' | 'inverse', Tensor>;

export interface NormalizationAttributes {
  epsilon: number;
  slope: number;
  /** Added to the scale. */
  offset: number;
}

/** The statistics of `x` as functions of it. */
function statisticsOf(x: Tensor, epsilon: number): Statistics {
  const [, height, width] = x.shape as [number, number, number, number];
  const center = spatialMean({ x }, { height, width });
  return { center, inverse: rsqrt(add(spatialVariance({ x, center }, { height, width }), epsilon)) };
}

/** The statistics of `x` as constants. */
export function constantStatistics(x: Tensor, epsilon: number): Statistics {
  const center = withoutGradients(() => mean(x, PIXELS, true));
  return { center, inverse: withoutGradients(() => rsqrt(add(mean(squaredDifference(x, center), PIXELS, true), epsilon))) };
}

type Parts = Record<'standard' | 'inverse' | 'factor', Tensor>;

/** x̂ and the factors that the function and its gradients are made of, broadcasting over x. */
function partsOf({ x, scale }: Normalized, { epsilon, offset }: NormalizationAttributes, known?: Statistics): Parts {
  const { center, inverse } = known ?? statisticsOf(x, epsilon);
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

/** Gradient g with respect to y₀. */
function beforeActivation({ dy, shift }: WithGradient, { standard, factor }: Parts, { slope }: NormalizationAttributes): Tensor {
  return slope === 1 ? dy : rectifyGradient({ dy, x: add(mul(standard, factor), overPixels(shift)) }, { slope });
}

// With x̂ = (x − mean) / √(variance + ε):  y₀ = (offset + scale) · x̂ + shift,  y = lrelu(y₀).
// All functions below are differentiable; without `known` statistics also through these.

export function composeNormalization(inputs: Normalized, attributes: NormalizationAttributes, known?: Statistics): Tensor {
  const { standard, factor } = partsOf(inputs, attributes, known);
  const y = add(mul(standard, factor), overPixels(inputs.shift));
  return attributes.slope === 1 ? y : leakyRelu(y, attributes.slope);
}

/** center, factor and shift of (x − center) · factor + shift, [3, batch, channels]. */
export function composeCoefficients({ x, scale, shift }: Normalized, { epsilon, offset }: NormalizationAttributes): Tensor {
  const { center, inverse } = statisticsOf(x, epsilon);
  const factor = mul(add(overPixels(scale), offset), inverse);
  const rows = [center, factor, add(overPixels(shift), zerosLike(factor))];
  return stack(rows.map((row) => squeeze(row, [1, 2])));
}

/** (offset + scale) / √(variance + ε) · (g − mean(g) − x̂ · mean(g · x̂)). */
export function composeInputGradient(inputs: WithGradient, attributes: NormalizationAttributes, known?: Statistics): Tensor {
  const parts = partsOf(inputs, attributes, known);
  const { standard, inverse, factor } = parts;
  const g = beforeActivation(inputs, parts, attributes);
  const [, height, width] = g.shape as [number, number, number, number];
  const along = mul(standard, spatialMean({ x: mul(g, standard) }, { height, width }));
  return mul(sub(sub(g, spatialMean({ x: g }, { height, width })), along), mul(factor, inverse));
}

/** Σ g · x̂, in the shape of scale. */
export function composeScaleGradient(inputs: WithGradient, attributes: NormalizationAttributes, known?: Statistics): Tensor {
  const parts = partsOf(inputs, attributes, known);
  return sum(mul(beforeActivation(inputs, parts, attributes), parts.standard), sharedAxes(inputs.scale));
}

/** Σ g, in the shape of shift. */
export function composeShiftGradient(inputs: WithGradient, attributes: NormalizationAttributes, known?: Statistics): Tensor {
  if (attributes.slope === 1) return sum(inputs.dy, sharedAxes(inputs.shift));
  return sum(beforeActivation(inputs, partsOf(inputs, attributes, known), attributes), sharedAxes(inputs.shift));
}
