import { add, mean, mul, reshape, rsqrt, squaredDifference, sub, sum, tidy, tile } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { defineOperation, type Operation } from './operation.js';
import { FEATURE_MAP, requireRank4, requireShape } from './shapes.js';

/** Options of the normalisations. */
export interface NormalizationOptions {
  /** Added to the variance before the root. */
  epsilon?: number;
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

/** x · scale + shift with one number per sample and channel; keeps `x`, where tfjs would keep two feature maps. */
const modulate: Operation<{ x: Tensor; scale: Tensor; shift: Tensor }, object> = defineOperation({
  name: 'Modulate',
  forward: ({ x, scale, shift }) => add(mul(x, scale), shift),
  saved: ['x', 'scale'],
  gradients: (dy, { x, scale }) => ({
    x: () => mul(dy, scale),
    scale: () => sum(mul(dy, x), PIXELS, true),
    shift: () => sum(dy, PIXELS, true),
  }),
});

/** @param scale and shift broadcast over [batch, 1, 1, channels] */
function normalize(x: Tensor4D, scale: Tensor, shift: Tensor, epsilon: number): Tensor4D {
  const [, height, width] = x.shape;
  const center = spatialMean({ x }, { height, width });
  const variance = spatialVariance({ x, center }, { height, width });
  const totalScale = mul(rsqrt(add(variance, epsilon)), scale);
  return modulate({ x, scale: totalScale, shift: sub(shift, mul(center, totalScale)) }, {}) as Tensor4D;
}

/**
 * Instance normalisation: every channel of every image is brought to mean 0 and variance 1 over its pixels
 * (biased variance), then scaled and shifted.
 *
 * Source: Ulyanov, Vedaldi, Lempitsky, arXiv 1607.08022.
 *
 * @param x [batch, height, width, channels]
 * @param scale [channels]
 * @param shift [channels]
 * @throws when the shapes do not fit
 */
export function instanceNormalization(x: Tensor, scale: Tensor, shift: Tensor, { epsilon = 1e-5 }: NormalizationOptions = {}): Tensor4D {
  requireRank4('instanceNormalization', 'x', x, FEATURE_MAP);
  const channels = x.shape[3];
  requireShape('instanceNormalization', 'scale', scale, [channels]);
  requireShape('instanceNormalization', 'shift', shift, [channels]);
  const perPixel = [1, 1, 1, channels];
  return tidy(() => normalize(x, reshape(scale, perPixel), reshape(shift, perPixel), epsilon));
}

/**
 * Adaptive instance normalisation (1 + γ) · IN(x) + β, γ and β given for every image.
 *
 * Source: Huang, Belongie, arXiv 1703.06868; in the form of StarGAN v2.
 *
 * @param x [batch, height, width, channels]
 * @param gamma [batch, channels]
 * @param beta [batch, channels]
 * @throws when the shapes do not fit
 */
export function adaptiveInstanceNormalization(x: Tensor, gamma: Tensor, beta: Tensor, { epsilon = 1e-5 }: NormalizationOptions = {}): Tensor4D {
  requireRank4('adaptiveInstanceNormalization', 'x', x, FEATURE_MAP);
  const [batch, , , channels] = x.shape;
  requireShape('adaptiveInstanceNormalization', 'gamma', gamma, [batch, channels]);
  requireShape('adaptiveInstanceNormalization', 'beta', beta, [batch, channels]);
  const perPixel = [batch, 1, 1, channels];
  return tidy(() => normalize(x, add(reshape(gamma, perPixel), 1), reshape(beta, perPixel), epsilon));
}
