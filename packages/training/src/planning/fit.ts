import type { TrainingConfig } from '../config/training-config.js';
import { planTraining, type Forecast, type MemoryPlan, type PlanOptions } from './plan-training.js';

/** What a training may take, such as `memoryBudget` of `@stargan/backend` says. */
export interface Budget {
  /** Bytes that may be taken; undefined where that is not known. */
  readonly availableBytes: number | undefined;
  /** Bytes that are taken beside tensors: libraries, contexts, workspace. */
  readonly runtimeBytes: number;
  /** Kernels of the runtime. */
  readonly kernels: NonNullable<PlanOptions['kernels']>;
}

/** A way to give the same training in less memory: its changes of a configuration, from the smallest to the largest. */
export type WayToSave = readonly Partial<TrainingConfig>[];

/**
 * Ways to trade time for memory, that which costs least first: forgetting activations between blocks, and the same update
 * in parts.
 *
 * @param config whose batch is divided
 */
export function waysToSave({ batch, gradientAccumulation }: Pick<TrainingConfig, 'batch' | 'gradientAccumulation'>): WayToSave[] {
  const divisors = Array.from({ length: batch }, (_, i) => i + 1).filter((parts) => parts > 1 && batch % parts === 0);
  const inParts = divisors.map((parts) => ({ batch: batch / parts, gradientAccumulation: gradientAccumulation * parts }));
  return [[{ gradientCheckpointing: 'blocks' }], inParts];
}

/** Whether a training fits, and what would. */
export interface MemoryFit {
  /** What one iteration takes. */
  readonly plan: MemoryPlan;
  /** Buffers and runtime together. */
  readonly neededBytes: number;
  /** Undefined where the available memory is not known. */
  readonly fits: boolean | undefined;
  /** The largest batch that fits, 0 when none does; beyond a batch that fits only when asked for. */
  readonly largestBatch: number | undefined;
  /** When it does not fit: changes of the configuration with which the same training would, of each way the smallest. */
  readonly remedies: readonly Partial<TrainingConfig>[];
}

/** Batches beyond this are not looked at. */
export const LARGEST_BATCH = 256;

/** Options of {@link fitTraining}. */
export interface FitOptions {
  /** Look for the largest batch also when the configured one fits, up to {@link LARGEST_BATCH}: some seconds. */
  largerBatches?: boolean;
  /** What is tried when it does not fit. Default {@link waysToSave} of the configuration. */
  ways?: readonly WayToSave[];
  /** A plan of this configuration that there is already; it is used where it is for the same domains and kernels. */
  forecasted?: Forecast | undefined;
}

/**
 * Plans a training and compares it with what there is.
 *
 * @param config of the training
 * @param domains number of domains
 * @param budget what it may take
 * @param options how far it looks
 * @throws as {@link planTraining}
 */
export function fitTraining(
  config: TrainingConfig,
  domains: number,
  budget: Budget,
  { largerBatches = false, ways = waysToSave(config), forecasted }: FitOptions = {},
): MemoryFit {
  const { availableBytes, runtimeBytes, kernels } = budget;
  const planOf = (changed: TrainingConfig): MemoryPlan => planTraining(changed, { domains, kernels });
  const isPlanned = forecasted?.domains === domains && forecasted.kernels === kernels;
  const plan = isPlanned ? forecasted.plan : planOf(config);
  const neededBytes = plan.peakBufferBytes + runtimeBytes;
  if (availableBytes === undefined) return { plan, neededBytes, fits: undefined, largestBatch: undefined, remedies: [] };

  const fitsIn = (changed: TrainingConfig): boolean => planOf(changed).peakBufferBytes + runtimeBytes <= availableBytes;
  const fits = neededBytes <= availableBytes;
  if (fits && !largerBatches) return { plan, neededBytes, fits, largestBatch: undefined, remedies: [] };
  const largest = largestThat(
    (batch) => (batch <= config.batch && fits) || fitsIn({ ...config, batch }),
    fits ? LARGEST_BATCH : config.batch - 1,
  );
  return { plan, neededBytes, fits, largestBatch: largest, remedies: fits ? [] : remediesFor(config, fitsIn, ways) };
}

function remediesFor(
  config: TrainingConfig,
  fits: (changed: TrainingConfig) => boolean,
  ways: readonly WayToSave[],
): Partial<TrainingConfig>[] {
  return ways.flatMap((way) => {
    const enough = way.find((changes) => fits({ ...config, ...changes }));
    return enough === undefined ? [] : [enough];
  });
}

/**
 * The largest whole number from 1 to `limit` that is accepted, where all below an accepted one are; 0 when none is.
 * Asks about as often as the number has binary digits, twice.
 */
export function largestThat(accepts: (count: number) => boolean, limit: number): number {
  let accepted = 0;
  let refused = limit + 1;
  while (refused - accepted > 1) {
    // Doubling until something is refused, then halving the gap.
    const next = refused > limit ? Math.min(Math.max(1, accepted * 2), limit) : (accepted + refused) >> 1;
    if (accepts(next)) accepted = next;
    else refused = next;
  }
  return accepted;
}
