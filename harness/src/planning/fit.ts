import type { Config } from '../config/schema.js';
import type { MemoryBudget } from './memory-budget.js';
import { planTraining, type Forecast, type MemoryPlan } from './plan-training.js';

/** Changes of a configuration that give the same training in less memory, by the options of the command line. */
export type Remedies = Readonly<Record<string, Partial<Config>>>;

/** Ways to trade time for memory, that which costs least first; of each, the changes from the smallest to the largest. */
function waysToSave({ batch, gradientAccumulation }: Config): Remedies[] {
  const divisors = Array.from({ length: batch }, (_, i) => i + 1).filter((parts) => parts > 1 && batch % parts === 0);
  const inParts = divisors.map((parts): [string, Partial<Config>] => [
    `--batch ${batch / parts} --set gradientAccumulation=${gradientAccumulation * parts}`,
    { batch: batch / parts, gradientAccumulation: gradientAccumulation * parts },
  ]);
  return [{ '--set gradientCheckpointing=blocks': { gradientCheckpointing: 'blocks' } }, Object.fromEntries(inParts)];
}

/** Whether a training fits, and what would. */
export interface Fit {
  readonly plan: MemoryPlan;
  /** Buffers and runtime together. */
  readonly neededBytes: number;
  /** Undefined where the available memory is not known. */
  readonly fits: boolean | undefined;
  /** The largest batch that fits, 0 when none does; beyond a batch that fits only when asked for. */
  readonly largestBatch: number | undefined;
  /** When it does not fit: options with which the same training would. */
  readonly remedies: readonly string[];
}

/** Batches beyond this are not looked at. */
export const LARGEST_BATCH = 256;

/** Options of {@link fitTraining}. */
export interface FitOptions {
  /** Look for the largest batch also when the configured one fits, up to {@link LARGEST_BATCH}: some seconds. */
  largerBatches?: boolean;
  /** What is tried when it does not fit. */
  ways?: readonly Remedies[];
  /** A plan of this configuration that there is already; it is used where it is for the same domains and kernels. */
  forecasted?: Forecast | undefined;
}

/** Plans a training and compares it with what there is. @throws as {@link planTraining} */
export function fitTraining(
  config: Config,
  domains: number,
  budget: MemoryBudget,
  { largerBatches = false, ways = waysToSave(config), forecasted }: FitOptions = {},
): Fit {
  const { availableBytes, runtimeBytes, kernels } = budget;
  const planOf = (changed: Config): MemoryPlan => planTraining(changed, { domains, kernels });
  const isPlanned = forecasted?.domains === domains && forecasted.kernels === kernels;
  const plan = isPlanned ? forecasted.plan : planOf(config);
  const neededBytes = plan.peakBufferBytes + runtimeBytes;
  if (availableBytes === undefined) return { plan, neededBytes, fits: undefined, largestBatch: undefined, remedies: [] };

  const fitsIn = (changed: Config): boolean => planOf(changed).peakBufferBytes + runtimeBytes <= availableBytes;
  const fits = neededBytes <= availableBytes;
  if (fits && !largerBatches) return { plan, neededBytes, fits, largestBatch: undefined, remedies: [] };
  const largest = largestThat(
    (batch) => (batch <= config.batch && fits) || fitsIn({ ...config, batch }),
    fits ? LARGEST_BATCH : config.batch - 1,
  );
  return { plan, neededBytes, fits, largestBatch: largest, remedies: fits ? [] : remediesFor(config, fitsIn, ways) };
}

function remediesFor(config: Config, fits: (changed: Config) => boolean, ways: readonly Remedies[]): string[] {
  return ways.flatMap((way) => {
    const enough = Object.entries(way).find(([, changes]) => fits({ ...config, ...changes }));
    return enough === undefined ? [] : [enough[0]];
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
