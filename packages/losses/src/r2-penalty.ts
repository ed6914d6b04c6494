import type { Tensor } from '@tensorflow/tfjs-core';
import { tidy } from '@tensorflow/tfjs-core';
import { outputsAndInputGradient, r1PenaltyOfGradient } from './gradient-penalty.js';
import type { LossOptions, Reduced, Reduction } from './reduction.js';
import { requireBatch } from './shapes.js';

/**
 * R2 (Mescheder et al. 2018, arXiv 1801.04406, equation (10)): ½·E‖∇ₓD(x)‖² on **generated** images, the norm summed
 * over pixels; R1's counterpart. From a gradient that is already there it is `r1PenaltyOfGradient` as well.
 *
 * @param discriminator image → logits `[batch]` or `[batch, 1]`, each sample's from that sample alone; see
 * `outputsAndInputGradient` for the operations to avoid.
 * @param generatedImage float32 `[batch, height, width, channels]` (or any `[batch, ...]`), made without gradient.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `generatedImage` is not float32 or has no sample, or the logits do not depend on it.
 */
export function r2Penalty<R extends Reduction = 'mean'>(
  discriminator: (image: Tensor) => Tensor,
  generatedImage: Tensor,
  options: LossOptions<R> = {},
): Reduced<R> {
  requireBatch('r2Penalty', 'generatedImage', generatedImage);
  return tidy(() => r1PenaltyOfGradient(outputsAndInputGradient(discriminator, generatedImage).gradient, options));
}
