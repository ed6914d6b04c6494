import { add, mean, mul, square, sub, sum, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { gradientNorm, outputsAndInputGradient } from './input-gradient.js';
import { requireBatch, requireSameBatch, requireSameShape, text } from './internal/shapes.js';
import { stopGradient } from './internal/stop-gradient.js';
import { requireTensor } from './internal/tensors.js';
import { reduceSamples, type LossOptions, type Reduced, type Reduction } from './reduction.js';

// Path length regularisation, StyleGAN2 (Karras et al. 2020, arXiv 1912.04958, section 3.2, equation (4)): a step of fixed size in the
// style shall change the image by a fixed amount, in any direction and from anywhere. The moving average of the lengths is explicit
// state, as the anchors of LeCam are: the caller keeps it and saves it with the run.

/**
 * Path lengths ‖Jᵀy‖ of a generator, y being noise of the image's shape divided by √(height · width): how far the images move per
 * step in the style. They can be differentiated with respect to whatever `generator` closes over, and to the styles.
 *
 * @param generator style → image `[batch, height, width, channels]`, each from its own style alone; see `outputsAndInputGradient` for
 * the operations to avoid.
 * @param style float32 `[batch, styleDim]`; or one style per layer, `[batch, layers, styleDim]`, whose squared lengths are averaged
 * over the layers.
 * @param noise float32, the shape of the images, drawn from N(0, I) by the caller.
 * @returns `[batch]`, ≥ 0.
 * @throws when an argument is not float32 or has no sample, the style is of another rank, or the noise differs in shape from the images.
 */
export function pathLengths(generator: (style: Tensor) => Tensor, style: Tensor, noise: Tensor): Tensor1D {
  requireBatch('pathLengths', 'style', style);
  requireBatch('pathLengths', 'noise', noise);
  requireSameBatch('pathLengths', ['style', style], ['noise', noise]);
  if (style.rank !== 2 && style.rank !== 3)
    throw new Error(`pathLengths: style must be [batch, styleDim] or [batch, layers, styleDim], got shape ${text(style.shape)}`);
  if (noise.rank !== 4) throw new Error(`pathLengths: noise must be [batch, height, width, channels], got shape ${text(noise.shape)}`);
  const [, height = 1, width = 1] = noise.shape;
  const layers = style.rank === 3 ? style.shape[1]! : 1;
  return tidy(() => {
    const { gradient } = outputsAndInputGradient((s) => {
      const image = generator(s);
      requireBatch('pathLengths', 'generator(style)', image);
      requireSameShape('pathLengths', ['generator(style)', image], ['noise', noise]);
      return sum(mul(image, noise), [1, 2, 3]);
    }, style);
    return mul<Tensor1D>(gradientNorm(gradient), 1 / Math.sqrt(height * width * layers));
  });
}

/**
 * The moving average of the path lengths after one more step: decay · average + (1 − decay) · mean of the lengths, without gradient.
 *
 * @param average that of the step before, which the caller disposes; `undefined` at the first step, which begins at 0, as StyleGAN2 does.
 * @param lengths float32 `[batch]`, of {@link pathLengths}.
 * @param options `decay` in [0, 1), default 0.99, StyleGAN2's.
 * @returns the new average, which the caller owns.
 * @throws when `lengths` is not float32 or has no sample, or `decay` is out of range.
 */
export function updatePathLengthAverage(
  average: Scalar | undefined,
  lengths: Tensor,
  { decay = 0.99 }: { readonly decay?: number | undefined } = {},
): Scalar {
  requireBatch('updatePathLengthAverage', 'lengths', lengths);
  if (!(decay >= 0 && decay < 1)) throw new Error(`updatePathLengthAverage: decay must be in [0, 1), got ${String(decay)}`);
  if (average !== undefined) requireTensor('updatePathLengthAverage', 'average', average);
  return tidy(() => {
    const moved = mul(mean(lengths), 1 - decay);
    return stopGradient(average === undefined ? moved : add(mul(average, decay), moved)) as Scalar;
  });
}

/**
 * The path length penalty of the generator, (‖Jᵀy‖ − a)² of every sample. Gradient flows through the lengths alone; the average is a
 * constant. StyleGAN2 weights it with 2, computes it every 8th iteration (`lazyPenalty`) and on half of the batch.
 *
 * @param lengths float32 `[batch]`, of {@link pathLengths}.
 * @param average a, of {@link updatePathLengthAverage}; StyleGAN2 takes the one that these lengths have moved already.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `lengths` is not float32 `[batch]` or has no sample.
 */
export function pathLengthPenalty<R extends Reduction = 'mean'>(
  lengths: Tensor,
  average: Scalar,
  options: LossOptions<R> = {},
): Reduced<R> {
  requireBatch('pathLengthPenalty', 'lengths', lengths);
  if (lengths.rank !== 1) throw new Error(`pathLengthPenalty: lengths must be [batch], got shape ${text(lengths.shape)}`);
  requireTensor('pathLengthPenalty', 'average', average);
  return tidy(() => reduceSamples('pathLengthPenalty', square(sub(lengths, stopGradient(average))), options));
}
