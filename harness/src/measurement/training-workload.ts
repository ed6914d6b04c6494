import { randomNormal, randomUniform } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Config } from '../config/schema.js';
import { buildNetworks } from '../model/networks.js';
import type { Batch } from '../training/batch.js';
import { disposeBatch } from '../training/batches.js';
import { trainIteration, type Losses } from '../training/iteration.js';
import { buildOptimizers, disposeState, initialState } from '../training/state.js';

/** Training without data or files: for measuring. */
export interface TrainingWorkload {
  /** Runs one full training iteration: two discriminator and two generator updates, moving averages. */
  iterate(): Losses;
  /** Frees all tensors. */
  dispose(): void;
}

/**
 * Networks, optimisers and one random batch of images in [-1, 1]; the same for the same config and domains.
 *
 * @param domains number of domains, ≥ 1
 * @throws when `domains` is no whole number ≥ 1
 */
export function trainingWorkload(config: Config, { domains = 2 }: { domains?: number } = {}): TrainingWorkload {
  if (!Number.isInteger(domains) || domains < 1) throw new Error(`trainingWorkload: domains must be a whole number ≥ 1, got ${domains}`);
  const networks = buildNetworks(config, domains);
  const optimizers = buildOptimizers(config);
  const state = initialState(networks, optimizers, config.seed);
  const batch = randomBatch(config, domains);
  return {
    iterate: () => trainIteration(networks, optimizers, state, batch, config),
    dispose: () => {
      disposeState(state);
      disposeBatch(batch);
    },
  };
}

function randomBatch({ batch, imageSize, latentDim, seed }: Config, domains: number): Batch {
  const images = (stream: number): Tensor => randomUniform([batch, imageSize, imageSize, 3], -1, 1, 'float32', seed + stream);
  const latents = (stream: number): Tensor => randomNormal([batch, latentDim], 0, 1, 'float32', seed + stream);
  const domain = Array.from({ length: batch }, (_, i) => i % domains);
  return {
    image: images(1),
    reference: images(2),
    reference2: images(3),
    latent: latents(4),
    latent2: latents(5),
    domain,
    targetDomain: domain.map((y) => (y + 1) % domains),
  };
}
