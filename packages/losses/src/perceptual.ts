import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { l2Loss, type Distance } from './distances.js';
import { layersOf, requireLayers, weightedSum } from './layer-weights.js';
import type { LossOptions, Reduced, Reduction } from './reduction.js';
import { requireBatch, requireSameShape } from './shapes.js';

/** What a network sees in an image: one tensor `[batch, ...]`, or one of each of its layers. */
export type FeatureFunction = (image: Tensor) => Tensor | readonly Tensor[];

/** Options of {@link perceptualLoss}. */
export interface PerceptualOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** How far features are apart: `l2Loss` (default, the paper's), `l1Loss`, `charbonnierLoss`, or any function like them. */
  readonly distance?: Distance | undefined;
  /** One weight ≥ 0 per layer; default all 1. */
  readonly weights?: readonly number[] | undefined;
}

/**
 * Perceptual distance (Johnson, Alahi and Fei-Fei 2016, arXiv 1603.08155, equation (2)): Σ over layers of
 * weight · mean (φ(x) − φ(x̂))², φ being any function of images. Gradient flows through φ to both images; what φ
 * closes over gets gradient too where it is asked for. With `gramMatrix` of the features it is the paper's style loss.
 *
 * @param features φ, called once per image; its tensors are disposed where nothing is being differentiated.
 * @param image float32 `[batch, height, width, channels]`.
 * @param reconstructedImage the same shape.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes differ, an argument is not float32 or has no sample, φ gives no or other layers, or a weight
 * is missing, negative or not finite.
 */
export function perceptualLoss<R extends Reduction = 'mean'>(
  features: FeatureFunction,
  image: Tensor,
  reconstructedImage: Tensor,
  { distance = l2Loss, weights, ...options }: PerceptualOptions<R> = {},
): Reduced<R> {
  requireBatch('perceptualLoss', 'image', image);
  requireBatch('perceptualLoss', 'reconstructedImage', reconstructedImage);
  requireSameShape('perceptualLoss', ['image', image], ['reconstructedImage', reconstructedImage]);
  return tidy(() => {
    const seen = layersOf('perceptualLoss', 'features(image)', features(image));
    const reconstructed = layersOf('perceptualLoss', 'features(reconstructedImage)', features(reconstructedImage));
    requireLayers('perceptualLoss', seen.length, weights);
    if (reconstructed.length !== seen.length) {
      throw new Error(`perceptualLoss: features must give the same layers for both images, got ${seen.length} and ${reconstructed.length}`);
    }
    return weightedSum(
      seen.map((layer, i) => distance(layer, reconstructed[i]!, options)),
      weights,
      1,
    ) as Reduced<R>;
  });
}
