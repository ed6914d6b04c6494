import { add, mean, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { fakeLogisticLoss, realLogisticLoss, type AdversarialLosses } from './adversarial.js';
import { requireBatch, requireSameShape } from './internal/shapes.js';
import type { LossOptions, Reduced, Reduction } from './reduction.js';

// Relativistic losses, Jolicoeur-Martineau 2018 (arXiv 1807.00734): the discriminator says by how much a real image is more real than
// a generated one, and the generator is trained through both logits. A constant added to all logits changes nothing.

/** Losses of the discriminator on real and on generated images, such as those of an entry of `adversarialFamilies`. */
export type RelativisticFamily = Pick<AdversarialLosses, 'fake' | 'real'>;

/** Options of the relativistic losses. */
export interface RelativisticOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /**
   * The losses that are given differences of logits in place of logits; default the logistic ones. `adversarialFamilies.hinge` and
   * `adversarialFamilies.leastSquares` give RaHingeGAN and (with halves) RaLSGAN.
   */
  readonly family?: RelativisticFamily | undefined;
}

const LOGISTIC: RelativisticFamily = { real: realLogisticLoss, fake: fakeLogisticLoss };

type Logits = readonly [argument: string, logits: Tensor];

function requireLogits(loss: string, real: Logits, fake: Logits): void {
  requireBatch(loss, ...real);
  requireBatch(loss, ...fake);
}

/** Loss of a player who wants `preferred` logits above `other` ones, pair by pair. */
function pairedLoss<R extends Reduction>(
  loss: string,
  preferred: Logits,
  other: Logits,
  { family = LOGISTIC, ...options }: RelativisticOptions<R>,
): Reduced<R> {
  requireLogits(loss, preferred, other);
  requireSameShape(loss, preferred, other);
  return tidy(() => family.real(sub(preferred[1], other[1]), options));
}

/** Loss of a player who wants `preferred` logits above the mean of `other` ones, and those below the mean of the preferred. */
function averageLoss<R extends Reduction>(
  loss: string,
  preferred: Logits,
  other: Logits,
  { family = LOGISTIC, ...options }: RelativisticOptions<R>,
): Reduced<R> {
  requireLogits(loss, preferred, other);
  // The weight of a sample belongs to both of its logits.
  if (options.reduction === 'none' || options.sampleWeights !== undefined) requireSameShape(loss, preferred, other);
  return tidy(() => {
    const above = family.real(sub(preferred[1], mean(other[1])), options);
    const below = family.fake(sub(other[1], mean(preferred[1])), options);
    return add<Reduced<R>>(above, below);
  });
}

/**
 * Relativistic loss of the discriminator, each real image paired with a generated one: softplus(−(l − l̃)). This is RSGAN
 * (Jolicoeur-Martineau 2018, arXiv 1807.00734) and the loss of R3GAN (RpGAN; Huang et al. 2024, arXiv 2501.05441), which trains with R1 **and** R2: `r1Penalty` on real images and `r2Penalty` on generated ones.
 *
 * @param realLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]` (one logit per patch).
 * @param fakeLogits the same shape: sample i is paired with real sample i.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0 with the logistic, hinge and least squares families.
 * @throws when logits are not float32, have no sample, or differ in shape.
 */
export function discriminatorRelativisticLoss<R extends Reduction = 'mean'>(
  realLogits: Tensor,
  fakeLogits: Tensor,
  options: RelativisticOptions<R> = {},
): Reduced<R> {
  return pairedLoss('discriminatorRelativisticLoss', ['realLogits', realLogits], ['fakeLogits', fakeLogits], options);
}

/**
 * Relativistic loss of the generator, the mirror image of {@link discriminatorRelativisticLoss}: softplus(−(l̃ − l)). It needs the
 * logits of real images, which are constants to the generator.
 *
 * @param realLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`, of real images.
 * @param fakeLogits the same shape, of generated ones: sample i is paired with real sample i.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0 with the logistic, hinge and least squares families.
 * @throws when logits are not float32, have no sample, or differ in shape.
 */
export function generatorRelativisticLoss<R extends Reduction = 'mean'>(
  realLogits: Tensor,
  fakeLogits: Tensor,
  options: RelativisticOptions<R> = {},
): Reduced<R> {
  return pairedLoss('generatorRelativisticLoss', ['fakeLogits', fakeLogits], ['realLogits', realLogits], options);
}

/**
 * Relativistic average loss of the discriminator: softplus(−(l − E l̃)) + softplus(l̃ − E l), each image against the mean of the other
 * side. RaSGAN (Jolicoeur-Martineau 2018, arXiv 1807.00734), which ESRGAN trains with; with another `family` RaHingeGAN or
 * RaLSGAN. Gradient flows through the means too.
 *
 * @param realLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`.
 * @param fakeLogits the same; the batch sizes may differ unless `reduction` is `'none'` or samples have weights.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0 with the logistic, hinge and least squares families.
 * @throws when logits are not float32, have no sample, or differ in shape where they may not.
 */
export function discriminatorRelativisticAverageLoss<R extends Reduction = 'mean'>(
  realLogits: Tensor,
  fakeLogits: Tensor,
  options: RelativisticOptions<R> = {},
): Reduced<R> {
  return averageLoss('discriminatorRelativisticAverageLoss', ['realLogits', realLogits], ['fakeLogits', fakeLogits], options);
}

/**
 * Relativistic average loss of the generator, the mirror image of {@link discriminatorRelativisticAverageLoss}:
 * softplus(−(l̃ − E l)) + softplus(l − E l̃). It needs the logits of real images, which are constants to the generator; the part of
 * real images still carries gradient, through the mean of the generated ones.
 *
 * @param realLogits float32 `[batch]`, `[batch, 1]` or `[batch, ...]`, of real images.
 * @param fakeLogits the same, of generated ones; the batch sizes may differ unless `reduction` is `'none'` or samples have weights.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0 with the logistic, hinge and least squares families.
 * @throws when logits are not float32, have no sample, or differ in shape where they may not.
 */
export function generatorRelativisticAverageLoss<R extends Reduction = 'mean'>(
  realLogits: Tensor,
  fakeLogits: Tensor,
  options: RelativisticOptions<R> = {},
): Reduced<R> {
  return averageLoss('generatorRelativisticAverageLoss', ['fakeLogits', fakeLogits], ['realLogits', realLogits], options);
}
