import { tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import { normalArray, randomStream } from '@stargan/random';
import type { TrainingBatch } from '@stargan/data';
import { disposeAll } from '../model/weights.js';
import type { Batch } from './batch.js';

/** Latent codes of one iteration, N(0, I): a function of seed, stream and iteration. [count, latentDim] */
export function latentCodes(count: number, latentDim: number, seed: number, stream: string, iteration = 0): Float32Array {
  return normalArray(count * latentDim, randomStream(seed, stream, iteration));
}

/** An iteration's images as tensors, with its latent codes; the caller owns them. */
export function tensorBatch({ iteration, source, reference }: TrainingBatch, imageSize: number, latentDim: number, seed: number): Batch {
  const count = source.domains.length;
  const images = (values: Float32Array): Batch['image'] => tensor4d(values, [count, imageSize, imageSize, 3]);
  const latents = (stream: string): Batch['latent'] => tensor2d(latentCodes(count, latentDim, seed, stream, iteration), [count, latentDim]);
  return {
    image: images(source.images),
    domain: source.domains,
    reference: images(reference.images),
    reference2: images(reference.images2),
    targetDomain: reference.domains,
    latent: latents('latent'),
    latent2: latents('latent2'),
  };
}

/** Disposes a batch's tensors. */
export function disposeBatch({ image, reference, reference2, latent, latent2 }: Batch): void {
  disposeAll({ image, reference, reference2, latent, latent2 });
}
