import { add, mul, relu, reshape, square, sub, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { exponential } from './internal/exponential.js';
import { requireBatch, requireSameShape } from './internal/shapes.js';
import { reduceSamples, type LossOptions, type Reduced, type Reduction } from './reduction.js';

// e⁶⁰ ≈ 10²⁶: beyond any intended variance, and sums of it still fit float32.
const LARGEST_LOG_VARIANCE = 60;

/** eˣ up to the limit, continued by its tangent: finite with a finite slope wherever float32's eˣ is not. */
function finiteExponential(x: Tensor): Tensor {
  const excess = relu(sub(x, LARGEST_LOG_VARIANCE));
  return mul(exponential(sub(x, excess)), add(excess, 1));
}

/**
 * Kullback–Leibler divergence of a Gaussian with diagonal covariance from the standard normal,
 * KL(N(μ, σ²) ‖ N(0, I)) = ½ Σ (σ² + μ² − 1 − log σ²): the prior term of a variational encoder (Kingma and Welling
 * 2014, arXiv 1312.6114, appendix B), as in VAE-GAN and BicycleGAN. Right to second order.
 *
 * It is the **sum** over the dimensions of the code, as a divergence is. Above log σ² = 60, σ² is continued by its tangent, so that an
 * encoder that has gone astray still gets a finite gradient.
 *
 * @param mean float32 `[batch, dimensions]` (or any `[batch, ...]`), μ.
 * @param logVariance the same shape, log σ².
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes differ, or an argument is not float32 or has no sample.
 */
export function klToStandardNormal<R extends Reduction = 'mean'>(
  mean: Tensor,
  logVariance: Tensor,
  options: LossOptions<R> = {},
): Reduced<R> {
  requireBatch('klToStandardNormal', 'mean', mean);
  requireBatch('klToStandardNormal', 'logVariance', logVariance);
  requireSameShape('klToStandardNormal', ['mean', mean], ['logVariance', logVariance]);
  const batch = mean.shape[0] ?? 1;
  return tidy(() => {
    const excess = sub(sub(finiteExponential(logVariance), 1), logVariance);
    const perElement = mul(add(excess, square(mean)), 0.5);
    return reduceSamples('klToStandardNormal', sum(reshape(perElement, [batch, mean.size / batch]), 1), options);
  });
}
