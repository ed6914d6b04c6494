import { parameterCount } from '@stargan/layers';
import { fusedOperations } from '@stargan/ops/fused';
import { countWork, planMemory } from '@stargan/profiling';
import type { TrainingConfig } from '../config/training-config.js';
import { selectFrozen, trainedSpecs } from '../networks/freeze.js';
import { buildNetworks, EMA_NETWORKS, NETWORK_NAMES, type NetworkName } from '../networks/networks.js';
import { trainingWorkload } from './training-workload.js';

/** Bytes of what stays in memory from one iteration to the next. */
export interface StateBytes {
  /** Weights of the four networks. */
  readonly weights: number;
  /** Both moments of Adam, of what is not frozen. */
  readonly moments: number;
  /** Moving averages of the weights. */
  readonly averages: number;
}

/** What one training iteration takes, without the runtime itself. */
export interface MemoryPlan {
  /** Most bytes of memory that tensors take at once: what several share counts once. */
  readonly peakBufferBytes: number;
  /** Most bytes of tensors at once as `tf.memory()` counts them, each with its full size: what `countWork` gives. */
  readonly peakTensorBytes: number;
  /** The part that stays in memory from one iteration to the next. */
  readonly stateBytes: StateBytes;
  /** FLOPs of convolutions and matrix products in one iteration, two per multiply-and-add. */
  readonly flops: number;
  /** Kernels that the tensorflow.js engine runs in one iteration; a native runtime launches about as many. */
  readonly launches: number;
}

/** Options of {@link planTraining}. */
export interface PlanOptions {
  /** Number of domains, ≥ 1. */
  domains?: number;
  /**
   * Kernels of the runtime that is planned for: `fused`, those of the native runtime on the processor, or `composed`,
   * ordinary ones only, as on a card.
   */
  kernels?: 'fused' | 'composed';
}

/**
 * Predicts the memory and the arithmetic of a training run, exactly and without computing: both are functions of the
 * tensors' shapes alone. Needs no native runtime, no data and no memory to speak of.
 *
 * ```js
 * planTraining({ ...defaultsOf(trainingFields), imageSize: 64, batch: 4 }).peakBufferBytes / 2 ** 30;
 * ```
 *
 * @param config of the training: every value, such as those of `defaultsOf(trainingFields)`
 * @param options number of domains, and kernels of the runtime
 * @throws when `domains` is no whole number ≥ 1, or training launches a kernel that has no shape rule
 */
export function planTraining(config: TrainingConfig, { domains = 2, kernels = 'fused' }: PlanOptions = {}): MemoryPlan {
  const iterate = (): { flops: number; launches: number } => {
    const workload = trainingWorkload(config, { domains, values: 'zeros' });
    const { flops, launches } = countWork(() => workload.iterate());
    return { flops, launches };
  };
  const { result, peakBufferBytes, peakTensorBytes } = planMemory(iterate, { fused: kernels === 'fused' ? fusedOperations : [] });
  return { peakBufferBytes, peakTensorBytes, stateBytes: stateBytesOf(config, domains), ...result };
}

/** A plan with what it was made for, beside the configuration. */
export interface Forecast extends Required<PlanOptions> {
  /** The plan. */
  readonly plan: MemoryPlan;
}

/**
 * Plans a training for the kernels of the processor, before it is known which runtime there will be.
 *
 * @param config of the training
 * @param domains number of domains
 */
export function forecast(config: TrainingConfig, domains: number): Forecast {
  const kernels = 'fused';
  return { plan: planTraining(config, { domains, kernels }), domains, kernels };
}

function stateBytesOf(config: TrainingConfig, domains: number): StateBytes {
  const networks = buildNetworks(config, domains);
  const frozen = selectFrozen(networks, config.freeze);
  const bytes = (names: readonly NetworkName[]): number => names.reduce((sum, name) => sum + 4 * parameterCount(networks[name].specs), 0);
  const trained = NETWORK_NAMES.flatMap((name) => trainedSpecs(networks, name, frozen));
  return { weights: bytes(NETWORK_NAMES), moments: 2 * 4 * parameterCount(trained), averages: bytes(EMA_NETWORKS) };
}
