import { fusedKernelNames } from '@stargan/backend';
import { parameterCount } from '@stargan/layers';
import type { Config } from '../config/schema.js';
import { countWork } from '../measurement/count-work.js';
import { trainingWorkload } from '../measurement/training-workload.js';
import { EMA_NETWORKS, buildNetworks, NETWORK_NAMES, type NetworkName } from '@stargan/training';
import { withPlanBackend } from './plan-backend.js';

/** Bytes of what stays in memory from one iteration to the next. */
export interface StateBytes {
  /** Weights of the four networks. */
  readonly weights: number;
  /** Both moments of Adam. */
  readonly moments: number;
  /** Moving averages of the weights. */
  readonly averages: number;
}

/** What one training iteration takes, without the runtime itself. */
export interface TrainingPlan {
  /** Most bytes of memory that tensors take at once: what several share counts once. */
  readonly peakBufferBytes: number;
  /** Most bytes of tensors at once as `tf.memory()` counts them, each with its full size: what `countWork` gives. */
  readonly peakTensorBytes: number;
  /** What of this stays in memory from one iteration to the next. */
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
 * planTraining(parseConfig({ imageSize: 64, batch: 4 })).peakBufferBytes / 2 ** 30;
 * ```
 *
 * @param config of the run, as `parseConfig` or `resolveConfig` gives it
 * @throws when `domains` is no whole number ≥ 1, or training launches a kernel that has no shape rule
 */
export function planTraining(config: Config, { domains = 2, kernels = 'fused' }: PlanOptions = {}): TrainingPlan {
  let work = { flops: 0, launches: 0 };
  const iterate = (): void => {
    const workload = trainingWorkload(config, { domains, values: 'zeros' });
    const { flops, launches } = countWork(() => workload.iterate());
    work = { flops, launches };
  };
  const { bufferBytes, tensorBytes } = withPlanBackend(iterate, { kernels: kernels === 'fused' ? fusedKernelNames : [] });
  return { peakBufferBytes: bufferBytes, peakTensorBytes: tensorBytes, stateBytes: stateBytesOf(config, domains), ...work };
}

function stateBytesOf(config: Config, domains: number): StateBytes {
  const networks = buildNetworks(config, domains);
  const bytes = (names: readonly NetworkName[]): number => names.reduce((sum, name) => sum + 4 * parameterCount(networks[name].specs), 0);
  return { weights: bytes(NETWORK_NAMES), moments: 2 * bytes(NETWORK_NAMES), averages: bytes(EMA_NETWORKS) };
}
