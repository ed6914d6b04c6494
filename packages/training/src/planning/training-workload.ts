import { fill, randomNormal, randomUniform } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../config/training-config.js';
import { augmentationNumbers } from '../iteration/augmentation.js';
import { type Batch, disposeBatch, domainLabels, imagesPerIteration, labelForm } from '../iteration/batch.js';
import type { Compile } from '@stargan/ops';
import type { Losses } from '../iteration/iteration-config.js';
import { trainingIteration } from '../iteration/iteration.js';
import { buildOptimizers, disposeState, initialState, stateFromWeights, type TrainingState } from '../iteration/state.js';
import { selectFrozen } from '../networks/freeze.js';
import { buildNetworks, EMA_NETWORKS, NETWORK_NAMES, type NetworkName, type Networks, type WeightsOf } from '../networks/networks.js';
import { mapNames } from '../networks/weights.js';

/** Training without data or files: for measuring. */
export interface TrainingWorkload {
  /** Runs one full training iteration: two discriminator and two generator updates, moving averages. */
  iterate(): Losses;
  /** What the iterations change. */
  readonly state: TrainingState;
  /** Frees all tensors. */
  dispose(): void;
}

/** Options of {@link trainingWorkload}. */
export interface WorkloadOptions {
  /** Number of domains, ≥ 1. */
  domains?: number;
  /** What tensors hold: `zeros`, which cost nothing to make, where only their shapes matter. */
  values?: 'random' | 'zeros';
  /** Compiles the updates, such as by `capture` of `@stargan/backend`; default: they run operation by operation. */
  compile?: Compile | undefined;
}

/**
 * Networks, optimisers and one random batch of images in [-1, 1]; the same for the same config and domains.
 *
 * @param config of the training that is measured: every value, such as those of `defaultsOf(trainingFields)`
 * @param options number of domains, what tensors hold, and what compiles the updates
 * @throws when `domains` is no whole number ≥ 1
 */
export function trainingWorkload(
  config: TrainingConfig,
  { domains = 2, values = 'random', compile }: WorkloadOptions = {},
): TrainingWorkload {
  if (!Number.isInteger(domains) || domains < 1) throw new Error(`trainingWorkload: domains must be a whole number ≥ 1, got ${domains}`);
  const networks = buildNetworks(config, domains);
  const optimizers = buildOptimizers(config);
  const frozen = selectFrozen(networks, config.freeze);
  const state =
    values === 'random'
      ? initialState(networks, optimizers, config.seed, frozen)
      : stateFromWeights(zeroWeights(networks, NETWORK_NAMES), zeroWeights(networks, EMA_NETWORKS), optimizers, frozen);
  const batch = batchOf(config, domains, values === 'random' ? randomTensors(config.seed) : zeroTensors);
  const iteration = trainingIteration(networks, optimizers, { config, ...(compile && { compile }) });
  return {
    iterate: () => iteration.run(state, batch),
    state,
    dispose: () => {
      iteration.dispose();
      disposeState(state);
      disposeBatch(batch);
    },
  };
}

function zeroWeights<Name extends NetworkName>(networks: Networks, names: readonly Name[]): WeightsOf<Name> {
  return mapNames(names, (name) => Object.fromEntries(networks[name].specs.map((spec) => [spec.name, fill([...spec.shape], 0)])));
}

/** Makes a tensor; streams tell those of one shape apart. */
interface Tensors {
  images(shape: [number, number, number, number], stream: number): Tensor;
  latents(shape: [number, number], stream: number): Tensor;
  positions(shape: [number], stream: number): Tensor;
}

const zeroTensors: Tensors = {
  images: (shape) => fill(shape, 0),
  latents: (shape) => fill(shape, 0),
  positions: (shape) => fill(shape, 0),
};

const randomTensors = (seed: number): Tensors => ({
  images: (shape, stream) => randomUniform(shape, -1, 1, 'float32', seed + stream),
  latents: (shape, stream) => randomNormal(shape, 0, 1, 'float32', seed + stream),
  positions: (shape, stream) => randomUniform(shape, 0, 1, 'float32', seed + stream),
});

function batchOf(config: TrainingConfig, domains: number, make: Tensors): Batch {
  const { imageSize, latentDim, penalty, augmentation } = config;
  const batch = imagesPerIteration(config);
  const images = (stream: number): Tensor => make.images([batch, imageSize, imageSize, 3], stream);
  const latents = (stream: number): Tensor => make.latents([batch, latentDim], stream);
  const domain = Array.from({ length: batch }, (_, i) => i % domains);
  return {
    image: images(1),
    reference: images(2),
    reference2: images(3),
    latent: latents(4),
    latent2: latents(5),
    ...(penalty === 'wganGp' && { position: make.positions([batch], 6) }),
    ...(augmentation !== 'off' && { augmentationNumbers: augmentationNumbers(batch, config.seed, 0) }),
    domain: domainLabels(domain, labelForm(domains)),
    targetDomain: domainLabels(
      domain.map((y) => (y + 1) % domains),
      labelForm(domains),
    ),
  };
}
