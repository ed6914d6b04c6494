import { tensor1d, tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import { normalArray, randomStream } from '@stargan/random';
import type { TrainingBatch } from '@stargan/data';
import type { TrainingConfig } from '../config/schema.js';
import { disposeAll } from '../networks/weights.js';
import type { Batch } from './batch.js';

/** Latent codes of one iteration, N(0, I): a function of seed, stream and iteration. [count, latentDim] */
export function latentCodes(count: number, latentDim: number, seed: number, stream: string, iteration = 0): Float32Array {
  return normalArray(count * latentDim, randomStream(seed, stream, iteration));
}

/** An iteration's images as tensors, with its latent codes and, for WGAN-GP's penalty, its positions; the caller owns them. */
export function tensorBatch(
  { iteration, source, reference }: TrainingBatch,
  imageSize: number,
  latentDim: number,
  seed: number,
  penalty: TrainingConfig['penalty'] = 'r1',
): Batch {
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
    ...(penalty === 'wasserstein' && { position: tensor1d(positions(count, seed, iteration)) }),
  };
}

/** Numbers of [0, 1), a function of seed and iteration. */
function positions(count: number, seed: number, iteration: number): Float32Array {
  const random = randomStream(seed, 'penalty-position', iteration);
  return Float32Array.from({ length: count }, () => random.uniform());
}

/** Disposes a batch's tensors. */
export function disposeBatch({ image, reference, reference2, latent, latent2, position }: Batch): void {
  disposeAll({ image, reference, reference2, latent, latent2, ...(position && { position }) });
}
