import type { Tensor } from '@tensorflow/tfjs-core';

/** What one training iteration sees. */
export interface Batch {
  /** Source images [batch, S, S, 3] in [-1, 1]. */
  readonly image: Tensor;
  /** Domain y of each source image. */
  readonly domain: readonly number[];
  /** Reference images [batch, S, S, 3]. */
  readonly reference: Tensor;
  /** Further reference images, of the same domains. */
  readonly reference2: Tensor;
  /** Target domain ỹ of each sample: that of its reference images. */
  readonly targetDomain: readonly number[];
  /** Latent codes [batch, latentDim]. */
  readonly latent: Tensor;
  /** Further latent codes. */
  readonly latent2: Tensor;
  /** Where between a real and a generated image WGAN-GP's penalty is taken, [batch] in [0, 1]; only where it is. */
  readonly position?: Tensor;
}

/** Images of each kind that an iteration sees: those of every discriminator update, in all their parts. */
export function imagesPerIteration({ batch, accumulate, criticSteps }: { batch: number; accumulate: number; criticSteps: number }): number {
  return batch * accumulate * criticSteps;
}
