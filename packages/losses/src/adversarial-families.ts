import type { Tensor } from '@tensorflow/tfjs-core';
import { fakeLogisticLoss, nonSaturatingLogisticLoss, realLogisticLoss, saturatingLogisticLoss } from './adversarial.js';
import { fakeHingeLoss, generatorHingeLoss, realHingeLoss } from './hinge.js';
import { fakeLeastSquaresLoss, generatorLeastSquaresLoss, realLeastSquaresLoss } from './least-squares.js';
import type { LossOptions, Reduced, Reduction } from './reduction.js';
import { fakeWassersteinLoss, generatorWassersteinLoss, realWassersteinLoss } from './wasserstein.js';

/** A loss of logits `[batch]`, `[batch, 1]` or `[batch, ...]`. */
export type LogitLoss = <R extends Reduction = 'mean'>(logits: Tensor, options?: LossOptions<R>) => Reduced<R>;

/** The losses of one adversarial game, on logits. */
export interface AdversarialLosses {
  /** What the discriminator or critic pays for real images. */
  readonly real: LogitLoss;
  /** What the discriminator or critic pays for generated images. */
  readonly fake: LogitLoss;
  /** What the generator pays for the logits of its images. */
  readonly generator: LogitLoss;
}

/** Names of the adversarial families. */
export type AdversarialFamily = 'hinge' | 'leastSquares' | 'nonSaturating' | 'saturating' | 'wasserstein';

/**
 * The adversarial families by name, for a choice made at run time. It holds all of them: where the choice is made
 * when writing, import the three functions, and a bundler leaves out the others.
 */
export const adversarialFamilies: Readonly<Record<AdversarialFamily, AdversarialLosses>> = {
  hinge: { real: realHingeLoss, fake: fakeHingeLoss, generator: generatorHingeLoss },
  leastSquares: { real: realLeastSquaresLoss, fake: fakeLeastSquaresLoss, generator: generatorLeastSquaresLoss },
  nonSaturating: { real: realLogisticLoss, fake: fakeLogisticLoss, generator: nonSaturatingLogisticLoss },
  saturating: { real: realLogisticLoss, fake: fakeLogisticLoss, generator: saturatingLogisticLoss },
  wasserstein: { real: realWassersteinLoss, fake: fakeWassersteinLoss, generator: generatorWassersteinLoss },
};
