import { add, mul, relu, sqrt, square, step, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { squaredGradientNorm } from './gradient-penalty.js';
import { requireNonNegative } from './numbers.js';
import { reduceSamples, type LossOptions, type Reduced, type Reduction } from './reduction.js';

/**
 * ‖g‖ of every sample, the root of the sum of squares over all axes but the batch. Its derivative at g = 0 is 0, as
 * PyTorch's, where that of `sqrt` is infinite.
 *
 * @param gradient float32 `[batch, ...]`, magnitudes up to 10¹⁸ (its squares must be finite).
 * @returns `[batch]`, ≥ 0.
 * @throws when `gradient` is not float32 or has no sample.
 */
export function gradientNorm(gradient: Tensor): Tensor1D {
  return tidy(() => {
    const squared = squaredGradientNorm(gradient);
    const isPositive = step(squared);
    // Where the norm is 0 the root is taken of 1 instead, and multiplied away with its derivative.
    return mul<Tensor1D>(sqrt(add(squared, sub(1, isPositive))), isPositive);
  });
}

/** Options of the penalties that hold the norm of a gradient near a target. */
export interface GradientNormOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** The norm that costs nothing, ≥ 0, default 1. */
  readonly target?: number | undefined;
  /** Whether only norms above the target cost anything (max(0, ‖g‖ − target)², WGAN-LP); default false. */
  readonly oneSided?: boolean | undefined;
}

/**
 * (‖g‖ − target)² of every sample, from a gradient that is already there, `outputsAndInputGradient`'s: what WGAN-GP
 * and DRAGAN charge.
 *
 * @param gradient float32 `[batch, ...]`, of a critic with respect to its input.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `gradient` is not float32 or has no sample, or `target` is negative or not finite.
 */
export function gradientNormPenaltyOfGradient<R extends Reduction = 'mean'>(
  gradient: Tensor,
  { target = 1, oneSided = false, ...options }: GradientNormOptions<R> = {},
): Reduced<R> {
  requireNonNegative('gradientNormPenaltyOfGradient', 'target', target);
  return tidy(() => {
    const excess = sub(gradientNorm(gradient), target);
    return reduceSamples('gradientNormPenaltyOfGradient', square(oneSided ? relu(excess) : excess), options);
  });
}
