import { CONFIG_KEYS, type Config } from '../config/schema.js';
import { parseConfig } from '../config/resolve.js';
import type { MemoryBudget } from './memory-budget.js';
import { planTraining, type TrainingPlan } from './plan-training.js';

/** A change to a configuration that takes less memory for the same result, or nearly so. */
export interface MemoryOption {
  /** A config key; passed over where there is none of this name. */
  readonly key: string;
  /** Values to try, the one that costs least first. */
  readonly values: readonly (string | number)[];
}

/** Keys that trade time for memory, the one that costs least first. */
const MEMORY_OPTIONS: readonly MemoryOption[] = [
  { key: 'checkpointing', values: ['blocks'] },
  { key: 'accumulate', values: [2, 4, 8] },
];

/** Whether a training fits, and what would. */
export interface Fit {
  readonly plan: TrainingPlan;
  /** Buffers and runtime together. */
  readonly neededBytes: number;
  /** Undefined where the available memory is not known. */
  readonly fits: boolean | undefined;
  /** The largest batch that fits, 0 when none does; beyond a batch that fits only when asked for. */
  readonly largestBatch: number | undefined;
  /** When it does not fit: single settings with which it would, as `key=value`. */
  readonly remedies: readonly string[];
}

/** Batches beyond this are not looked at. */
export const LARGEST_BATCH = 256;

/** Options of {@link fitTraining}. */
export interface FitOptions {
  /** Look for the largest batch also when the configured one fits, up to {@link LARGEST_BATCH}: some seconds. */
  largerBatches?: boolean;
  /** What is tried when it does not fit. */
  options?: readonly MemoryOption[];
}

/** Plans a training and compares it with what there is. @throws as {@link planTraining} */
export function fitTraining(config: Config, domains: number, budget: MemoryBudget, { largerBatches = false, options = MEMORY_OPTIONS }: FitOptions = {}): Fit {
  const { availableBytes, runtimeBytes, kernels } = budget;
  const planOf = (changed: Config): TrainingPlan => planTraining(changed, { domains, kernels });
  const plan = planOf(config);
  const neededBytes = plan.peakBufferBytes + runtimeBytes;
  if (availableBytes === undefined) return { plan, neededBytes, fits: undefined, largestBatch: undefined, remedies: [] };

  const fitsIn = (changed: Config): boolean => planOf(changed).peakBufferBytes + runtimeBytes <= availableBytes;
  const fits = neededBytes <= availableBytes;
  if (fits && !largerBatches) return { plan, neededBytes, fits, largestBatch: undefined, remedies: [] };
  const largest = largestThat((batch) => (batch <= config.batch && fits) || fitsIn({ ...config, batch }), fits ? LARGEST_BATCH : config.batch - 1);
  return { plan, neededBytes, fits, largestBatch: largest, remedies: fits ? [] : remediesFor(config, fitsIn, options) };
}

function remediesFor(config: Config, fits: (changed: Config) => boolean, options: readonly MemoryOption[]): string[] {
  return options.flatMap(({ key, values }) => {
    if (!CONFIG_KEYS.some((known) => known === key)) return [];
    const enough = values.find((value) => fits(parseConfig({ ...config, [key]: value })));
    return enough === undefined ? [] : [`${key}=${enough}`];
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
