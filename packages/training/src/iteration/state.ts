import type { AdaptiveProbability } from '@stargan/augmentation';
import { adam, type AdamState } from '@stargan/optimizers';
import { EMA_NETWORKS, NETWORK_NAMES, type EmaNetwork, type NetworkName, type Networks, type WeightsOf } from '../networks/networks.js';
import { withoutFrozen, type Frozen } from '../networks/freeze.js';
import { copyWeights, disposeAll, initialWeights, mapNames } from '../networks/weights.js';
import type { OptimizerConfig } from './config-fields.js';

/** One optimiser per network. */
export type Optimizers = Record<NetworkName, ReturnType<typeof adam>>;

/** Everything that training changes. Random numbers are not in it: they are a function of the number of the draw. */
export interface TrainingState {
  /** Iterations done. */
  iteration: number;
  /** Of all four networks. */
  weights: WeightsOf;
  /** Exponential moving averages of the weights, used for sampling. */
  ema: WeightsOf<EmaNetwork>;
  /** Of the networks that have parameters to train: of those that are not frozen. What has no moments stays as it is. */
  moments: Partial<Record<NetworkName, AdamState>>;
  /** The adaptive probability of augmentation; only where there has been one. */
  augmentation?: AdaptiveProbability | undefined;
  /** Draws of images and latent codes that roll-backs passed over: iteration i, from 0, trains on draw i + drawOffset. */
  drawOffset: number;
  /** How often training was rolled back to a checkpoint. */
  rollbacks: number;
  /** Iterations that the optimisers have no step of: those of another program, whose optimisers began anew at some time. */
  missingSteps: number;
}

/**
 * One Adam per network; the mapping network has a learning rate of its own.
 *
 * @param options learning rates, β₁, β₂ and weight decay; a whole `TrainingConfig` will do
 */
export function buildOptimizers({
  learningRate,
  mappingLearningRate,
  beta1,
  beta2,
  weightDecay,
}: Omit<OptimizerConfig, 'emaDecay' | 'freeze'>): Optimizers {
  return mapNames(NETWORK_NAMES, (name) =>
    adam({ learningRate: name === 'mappingNetwork' ? mappingLearningRate : learningRate, beta1, beta2, weightDecay }),
  );
}

/**
 * The state before the first iteration. The moving averages start from the networks' own initial weights.
 *
 * @param networks all four
 * @param optimizers one per network; their moments begin at zero
 * @param seed whole number ≥ 0
 * @param frozen parameters that training leaves as they are, as `selectFrozen` gives them; none by default
 */
export function initialState(networks: Networks, optimizers: Optimizers, seed: number, frozen: Frozen = {}): TrainingState {
  const weights = initialWeights(networks, NETWORK_NAMES, seed);
  return stateFromWeights(weights, copyWeights(weights, EMA_NETWORKS), optimizers, frozen);
}

/**
 * A state with these weights and fresh optimisers; takes ownership of the tensors.
 *
 * @param weights of all four networks, which training changes
 * @param ema moving averages of the networks that have them
 * @param optimizers one per network; they make the moments, which are zero
 * @param frozen parameters that training leaves as they are, as `selectFrozen` gives them; none by default. Their moving averages stay too.
 */
export function stateFromWeights(
  weights: WeightsOf,
  ema: WeightsOf<EmaNetwork>,
  optimizers: Optimizers,
  frozen: Frozen = {},
): TrainingState {
  const moments: TrainingState['moments'] = {};
  for (const name of NETWORK_NAMES) {
    const trained = withoutFrozen(weights[name], frozen[name]);
    if (Object.keys(trained).length > 0) moments[name] = optimizers[name].init(trained);
  }
  return { iteration: 0, weights, ema, moments, drawOffset: 0, rollbacks: 0, missingSteps: 0 };
}

/**
 * The parameters of a state that training leaves as they are: those without moments.
 *
 * @param state stays as it is
 */
export function frozenOf({ weights, moments }: Pick<TrainingState, 'weights' | 'moments'>): Frozen {
  return mapNames(NETWORK_NAMES, (name) => {
    const trained = new Set(moments[name]?.layout.names);
    return new Set(Object.keys(weights[name]).filter((key) => !trained.has(key)));
  });
}

/**
 * Disposes all tensors of the state.
 *
 * @param state not to be used afterwards
 */
export function disposeState(state: TrainingState): void {
  disposeAll(...Object.values(state.weights), ...Object.values(state.ema));
  for (const moments of Object.values(state.moments)) disposeMoments(moments);
  state.augmentation?.dispose();
}

/** Disposes an optimiser's tensors. */
export function disposeMoments(moments: AdamState): void {
  moments.first.dispose();
  moments.second.dispose();
}
