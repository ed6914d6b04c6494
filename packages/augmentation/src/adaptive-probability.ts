import { add, clipByValue, div, mean, mul, neg, reshape, slice, stack, step, sub, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Rank, Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core';

// StyleGAN2-ADA (Karras et al. 2020, arXiv 2006.06676, section 3.1 and appendix B): the probability of augmentation follows how
// sure the discriminator is of real images. Its state is one tensor, which the caller keeps and saves with the run; nothing is read back,
// and the step is the same graph whether the probability moves in it or not.

/** `[3]`: the probability, and the sum and the number of the signs since it last moved. */
export type AdaptiveProbability = Tensor1D;

/**
 * The state before the first step.
 *
 * @param probability in [0, 1], default 0
 * @returns a tensor that the caller owns
 * @throws when `probability` is out of range
 */
export function initialAdaptiveProbability(probability = 0): AdaptiveProbability {
  if (!(probability >= 0 && probability <= 1))
    throw new Error(`initialAdaptiveProbability: probability must be a number from 0 to 1, got ${probability}`);
  return tensor1d([probability, 0, 0]);
}

/**
 * The probability at present, for `augment`.
 *
 * @param state of {@link initialAdaptiveProbability} or {@link updateAdaptiveProbability}
 * @returns a scalar that the caller owns
 */
export function adaptiveProbability(state: AdaptiveProbability): Scalar {
  return tidy(() => reshape<Rank.R0>(slice(state, 0, 1), []));
}

/**
 * How sure a discriminator is of real images, r_t of the paper: the mean sign of its logits, from −1 (it takes all for generated) over 0
 * (it does not know) to 1 (it takes all for real, which on few images means that it knows them by heart).
 *
 * @param realLogits float32, any shape: of real images, augmented
 * @returns a scalar that the caller owns; without gradient
 */
export function meanSign(realLogits: Tensor): Scalar {
  return tidy(() => mean<Scalar>(sub(step(realLogits), step(neg(realLogits)))));
}

/** Options of {@link updateAdaptiveProbability}. */
export interface AdaptiveProbabilityOptions {
  /** The mean sign that is aimed at, in (−1, 1), default 0.6. */
  readonly target?: number | undefined;
  /** Real images after which the probability has risen from 0 to 1 where it always rises, > 0, default 500,000. */
  readonly rampImages?: number | undefined;
  /** Steps from one move to the next, ≥ 1, default 4. */
  readonly interval?: number | undefined;
  /** What the probability never exceeds, in [0, 1], default 1. */
  readonly limit?: number | undefined;
}

/**
 * The state after one more step of the discriminator. Every `interval` steps the probability moves by
 * `images · interval / rampImages`: up where the mean sign since the last move was above the target, down where it was below.
 *
 * @param state that of the step before, which the caller disposes
 * @param sign of {@link meanSign}, on the step's real images
 * @param images number of those images
 * @returns the new state, which the caller owns
 * @throws when an option is out of range
 */
export function updateAdaptiveProbability(
  state: AdaptiveProbability,
  sign: Scalar,
  images: number,
  { target = 0.6, rampImages = 500_000, interval = 4, limit = 1 }: AdaptiveProbabilityOptions = {},
): AdaptiveProbability {
  const must = (name: string, value: number, isRight: boolean, wanted: string): void => {
    if (!isRight) throw new Error(`updateAdaptiveProbability: ${name} must be ${wanted}, got ${value}`);
  };
  must('target', target, target > -1 && target < 1, 'a number between -1 and 1');
  must('images', images, images > 0 && Number.isFinite(images), 'a number > 0');
  must('rampImages', rampImages, rampImages > 0 && Number.isFinite(rampImages), 'a number > 0');
  must('interval', interval, Number.isSafeInteger(interval) && interval >= 1, 'a whole number ≥ 1');
  must('limit', limit, limit >= 0 && limit <= 1, 'a number from 0 to 1');
  return tidy(() => {
    const part = (i: number): Tensor => reshape(slice(state, i, 1), []);
    const total = add(part(1), sign);
    const steps = add(part(2), 1);
    const isDue = step(sub(steps, interval - 0.5));
    const excess = sub(div(total, steps), target);
    const direction = sub(step(excess), step(neg(excess)));
    const move = mul(mul(direction, isDue), (images * interval) / rampImages);
    const isNotDue = sub(1, isDue);
    return stack([clipByValue(add(part(0), move), 0, limit), mul(total, isNotDue), mul(steps, isNotDue)]) as AdaptiveProbability;
  });
}
