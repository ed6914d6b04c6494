import { mul, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { requireNonNegative, requirePositive, requireWhole } from './internal/numbers.js';

// Lazy regularisation, Karras et al. 2020 (StyleGAN2, arXiv 1912.04958), section 3.1 and appendix B: a penalty that is
// computed only every k-th iteration, with k times the weight, costs less and trains the same.

/** When a lazy penalty is due. */
export interface LazySchedule {
  /** Number of the iteration, a whole number ≥ 0. */
  readonly iteration: number;
  /** k: the penalty is due at iterations 0, k, 2k, …; a whole number ≥ 1. */
  readonly interval: number;
}

/**
 * k · penalty at iterations that are a multiple of k, and `undefined`, without any computation, at the others, so that the
 * mean over iterations is that of the penalty itself:
 *
 * ```js
 * const r1 = lazyPenalty(() => r1Penalty(discriminator, image), { iteration, interval: 16 });
 * const loss = discriminatorObjective({ real, fake, r1 });
 * ```
 *
 * @param penalty returns a scalar or `[batch]`; called only when it is due.
 * @param schedule the iteration, counted from 0, and k.
 * @returns the shape of the penalty, or `undefined` where it is not due.
 * @throws when `iteration` or `interval` is not a whole number in range.
 */
export function lazyPenalty<T extends Tensor>(penalty: () => T, { iteration, interval }: LazySchedule): T | undefined {
  requireWhole('lazyPenalty', 'iteration', iteration, 0);
  requireWhole('lazyPenalty', 'interval', interval, 1);
  return iteration % interval === 0 ? tidy(() => mul<T>(penalty(), interval)) : undefined;
}

/** Adam's settings that lazy regularisation changes. */
export interface AdamRates {
  /** Learning rate, > 0. */
  readonly learningRate: number;
  /** Decay of the first moment, in [0, 1). */
  readonly beta1: number;
  /** Decay of the second moment, in [0, 1). */
  readonly beta2: number;
}

/**
 * Adam's settings for a network whose penalty is lazy: with c = k / (k + 1), learning rate · c, β₁ᶜ and β₂ᶜ. StyleGAN2
 * gives the lazy penalty an optimiser step of its own, so that k + 1 steps now do what k did; c keeps the length of Adam's averages,
 * in iterations, as it was. Use it only where the penalty has such a step.
 *
 * @param rates the settings for a penalty at every iteration.
 * @param interval k, a whole number ≥ 1.
 * @returns the settings to use instead.
 * @throws when a setting is out of range.
 */
export function lazyAdamRates({ learningRate, beta1, beta2 }: AdamRates, interval: number): AdamRates {
  requirePositive('lazyAdamRates', 'learningRate', learningRate);
  for (const [name, beta] of Object.entries({ beta1, beta2 })) {
    requireNonNegative('lazyAdamRates', name, beta);
    if (beta >= 1) throw new Error(`lazyAdamRates: ${name} must be below 1, got ${beta}`);
  }
  requireWhole('lazyAdamRates', 'interval', interval, 1);
  const share = interval / (interval + 1);
  return { learningRate: learningRate * share, beta1: beta1 ** share, beta2: beta2 ** share };
}
