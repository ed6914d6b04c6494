import { mean, square, sub, sum, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { l1Loss, type Distance } from './distances.js';
import { layersOf, requireLayers, weightedSum } from './layer-weights.js';
import type { LossOptions, Reduced, Reduction } from './reduction.js';
import { requireBatch, text } from './shapes.js';
import { stopGradient } from './stop-gradient.js';

/** Options of {@link featureMatchingLoss}. */
export interface FeatureMatchingOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** How far features are apart: `l1Loss` (default, the paper's), `l2Loss`, `charbonnierLoss`, or any function like them. */
  readonly distance?: Distance | undefined;
  /** One weight ≥ 0 per layer; default all 1. */
  readonly weights?: readonly number[] | undefined;
}

/**
 * Feature matching of image-to-image translation (Wang et al. 2018, pix2pixHD, arXiv 1711.11585, equation (4)):
 * Σ over the discriminator's layers of weight · mean |Dᵢ(x) − Dᵢ(x̃)|, sample by sample. What the discriminator sees in
 * real images is a constant: only generated ones get gradient.
 *
 * @param realFeatures one float32 `[batch, ...]` per layer; the tensor itself where there is one layer.
 * @param fakeFeatures the same shapes.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when layers or shapes differ, a tensor is not float32 or has no sample, or a weight is missing, negative or
 * not finite.
 */
export function featureMatchingLoss<R extends Reduction = 'mean'>(
  realFeatures: Tensor | readonly Tensor[],
  fakeFeatures: Tensor | readonly Tensor[],
  { distance = l1Loss, weights, ...options }: FeatureMatchingOptions<R> = {},
): Reduced<R> {
  const reals = layersOf('featureMatchingLoss', 'realFeatures', realFeatures);
  const fakes = layersOf('featureMatchingLoss', 'fakeFeatures', fakeFeatures);
  requireLayers('featureMatchingLoss', reals.length, weights);
  if (fakes.length !== reals.length) {
    throw new Error(
      `featureMatchingLoss: realFeatures and fakeFeatures must have the same layers, got ${reals.length} and ${fakes.length}`,
    );
  }
  return tidy(
    () =>
      weightedSum(
        reals.map((real, i) => distance(stopGradient(real), fakes[i]!, options)),
        weights,
        1,
      ) as Reduced<R>,
  );
}

/**
 * Feature matching of unconditional generation (Salimans et al. 2016, arXiv 1606.03498, section 3.1):
 * ‖E f(x) − E f(G(z))‖², the difference of the batches' means summed over the features. The real features are a
 * constant.
 *
 * @param realFeatures float32 `[batch, ...]`, of one layer.
 * @param fakeFeatures float32 `[batch, ...]`, of as many features; its batch may differ.
 * @returns a scalar ≥ 0. There is no value per sample, so no reduction.
 * @throws when the features differ in shape, or a tensor is not float32 or has no sample.
 */
export function meanFeatureMatchingLoss(realFeatures: Tensor, fakeFeatures: Tensor): Scalar {
  requireBatch('meanFeatureMatchingLoss', 'realFeatures', realFeatures);
  requireBatch('meanFeatureMatchingLoss', 'fakeFeatures', fakeFeatures);
  if (text(realFeatures.shape.slice(1)) !== text(fakeFeatures.shape.slice(1))) {
    throw new Error(
      'meanFeatureMatchingLoss: realFeatures and fakeFeatures must have the same shape but for the batch, ' +
        `got ${text(realFeatures.shape)} and ${text(fakeFeatures.shape)}`,
    );
  }
  return tidy(() => sum<Scalar>(square(sub(mean(stopGradient(realFeatures), 0), mean(fakeFeatures, 0)))));
}
