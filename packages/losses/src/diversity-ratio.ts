import { add, div, mean, reshape, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { absolute } from './absolute.js';
import { requireBatch, requireSameBatch, requireSameShape } from './shapes.js';

/** Two images of one source, and the two latents (or styles) that they were made with. */
export interface LatentPair {
  /** float32 `[batch, height, width, channels]` (or any `[batch, ...]`), G(x, z₁). */
  readonly image: Tensor;
  /** The same shape, G(x, z₂). */
  readonly otherImage: Tensor;
  /** float32 `[batch, ...]`, z₁. */
  readonly latent: Tensor;
  /** The same shape, z₂. */
  readonly otherLatent: Tensor;
}

// Far below the distance of two draws, and keeps a pair of equal latents finite.
const SMALLEST_DISTANCE = 1e-8;

/** mean |a − b| of every sample. */
function distance(a: Tensor, b: Tensor): Tensor {
  const batch = a.shape[0] ?? 1;
  return mean(reshape(absolute(sub(a, b)), [batch, a.size / batch]), 1);
}

/**
 * How far apart two images are for how far apart their latents are: mean |G(x, z₁) − G(x, z₂)| / mean |z₁ − z₂|,
 * `[batch]`. The quotient is that of MSGAN and DSGAN, for which means and norms differ by a constant factor.
 */
export function diversityRatio(loss: string, { image, otherImage, latent, otherLatent }: LatentPair): Tensor {
  for (const [name, tensor] of Object.entries({ image, otherImage, latent, otherLatent })) requireBatch(loss, name, tensor);
  requireSameShape(loss, ['image', image], ['otherImage', otherImage]);
  requireSameShape(loss, ['latent', latent], ['otherLatent', otherLatent]);
  requireSameBatch(loss, ['image', image], ['latent', latent]);
  return tidy(() => div(distance(image, otherImage), add(distance(latent, otherLatent), SMALLEST_DISTANCE)));
}
