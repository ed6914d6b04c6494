import { matMul, mul, reshape, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { l2Loss, type Distance } from './distances.js';
import { layersOf, requireLayers, sumOfLayers } from './internal/layer-weights.js';
import { requireBatch, requireSameShape, text } from './internal/shapes.js';
import type { LossOptions, Reduced, Reduction } from './reduction.js';

/** The features of an image: one tensor `[batch, ...]`, or one for each layer of a network. */
export type FeatureFunction = (image: Tensor) => Tensor | readonly Tensor[];

/** Options of {@link perceptualLoss}. */
export interface PerceptualOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** Distance of the features: `l2Loss` (default, as in the paper), `l1Loss`, `charbonnierLoss`, or any function like them. */
  readonly distance?: Distance | undefined;
  /** One weight ≥ 0 per layer; default all 1. */
  readonly weights?: readonly number[] | undefined;
}

/**
 * Perceptual distance (Johnson, Alahi and Fei-Fei 2016, arXiv 1603.08155, equation (2)): Σ over layers of
 * weight · mean (φ(x) − φ(x̂))², φ being any function of images. Gradient flows through φ to both images, and to what φ closes over
 * where it is asked for. With {@link gramMatrix} of the features it is the paper's style loss.
 *
 * @param features φ, called once per image; its tensors are disposed where nothing is being differentiated.
 * @param image float32 `[batch, height, width, channels]`.
 * @param reconstructedImage the same shape.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when the shapes differ, an argument is not float32 or has no sample, φ gives no layer or a different number of them, or a weight
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
    const distances = seen.map((layer, i) => distance(layer, reconstructed[i]!, options));
    return sumOfLayers(distances, weights) as Reduced<R>;
  });
}

/**
 * Which channels occur together, wherever in the image: Σ over pixels of f_c · f_d / (height · width · channels). As the features of
 * {@link perceptualLoss} it gives the style loss of Gatys et al. 2016 in the form of Johnson et al. 2016 (arXiv 1603.08155, equation
 * (3)).
 *
 * @param features float32 `[batch, height, width, channels]`.
 * @returns `[batch, channels, channels]`, symmetric.
 * @throws when `features` is not float32 of rank 4, or has no sample.
 */
export function gramMatrix(features: Tensor): Tensor3D {
  requireBatch('gramMatrix', 'features', features);
  const [batch = 1, height = 1, width = 1, channels = 1] = features.shape;
  if (features.rank !== 4)
    throw new Error(`gramMatrix: features must be [batch, height, width, channels], got shape ${text(features.shape)}`);
  return tidy(() => {
    const pixels = reshape(features, [batch, height * width, channels]);
    return mul(matMul(pixels, pixels, true, false), 1 / (height * width * channels));
  });
}
