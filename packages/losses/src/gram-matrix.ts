import { matMul, mul, reshape, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { requireBatch, text } from './shapes.js';

/**
 * How channels occur together, wherever in the image: Σ over pixels of f_c · f_d / (height · width · channels). As
 * features of a perceptual loss it is the style loss of Gatys et al. 2016 in the form of Johnson et al. 2016
 * (arXiv 1603.08155, equation (3)).
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
