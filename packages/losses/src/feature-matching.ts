import { mean, square, sub, sum, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { l1Loss, type Distance } from './distances.js';
import { layersOf, requireLayers, sumOfLayers } from './internal/layer-weights.js';
import { requireBatch, text } from './internal/shapes.js';
import { stopGradient } from './internal/stop-gradient.js';
import type { LossOptions, Reduced, Reduction } from './reduction.js';

/** Options of {@link featureMatchingLoss}. */
export interface FeatureMatchingOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** Distance of the features: `l1Loss` (default, as in the paper), `l2Loss`, `charbonnierLoss`, or any function like them. */
  readonly distance?: Distance | undefined;
  /** One weight ≥ 0 per layer; default all 1. */
  readonly weights?: readonly number[] | undefined;
}

/**
 * Feature matching of image-to-image translation (Wang et al. 2018, pix2pixHD, arXiv 1711.11585, equation (4)):
 * Σ over the discriminator's layers of weight · mean |Dᵢ(x) − Dᵢ(x̃)|, sample by sample. The features of real images are constants:
 * gradient flows to those of generated images only.
 *
 * @param realFeatures one float32 tensor `[batch, ...]` per layer; the tensor itself where there is one layer.
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
  return tidy(() => {
    const distances = reals.map((real, i) => distance(stopGradient(real), fakes[i]!, options));
    return sumOfLayers(distances, weights) as Reduced<R>;
  });
}

/**
 * Feature matching of unconditional generation (Salimans et al. 2016, arXiv 1606.03498, section 3.1):
 * ‖E f(x) − E f(G(z))‖², the squared difference of the batches' means, summed over the features. The real features are constants.
 *
 * @param realFeatures float32 `[batch, ...]`, of one layer.
 * @param fakeFeatures float32 `[batch, ...]`, the same number of features; the batch size may differ.
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
