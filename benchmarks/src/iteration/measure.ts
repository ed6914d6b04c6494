import { readFileSync } from 'node:fs';
import { collectGarbage, residentMemory, type ResidentMemory } from '@stargan/backend';
import { replayed, type Config } from '@stargan/harness';
import { trainingWorkload } from '@stargan/training/planning';
import { countWork, profileWork, type KernelCount, type WorkProfile } from '@stargan/profiling';
import type { IterationProfile } from './profile.js';

/** What one training iteration costs. Keys are the JSON's. */
export interface IterationCost {
  secondsBest: number;
  secondsMedian: number;
  /** Processor time of all threads, user and system, in one iteration; the median. */
  cpuSecondsMedian: number;
  /** Convolution and matrix-product FLOPs, two per multiply-and-add. */
  flops: number;
  /** Kernel launches. */
  launches: number;
  /** Most bytes of tensors at once, weights and moments included. */
  peakTensorBytes: number;
  /** Most memory that the process of a training of the timed kind ever had; with compiling it is measured by itself. */
  peakResidentBytes: number;
  /** Only when asked for. */
  profile?: IterationProfile;
  /** Only with compiling, when the times above are those of compiled iterations: of operation by operation, in turn with them. */
  eager?: EagerCost;
  /** Only with compiling: eager best seconds / compiled ones. */
  compileRatio?: number;
}

/** What iterations cost that run operation by operation. */
export interface EagerCost {
  secondsBest: number;
  secondsMedian: number;
  /** Most memory that a process ever had in which there is this training alone. */
  peakResidentBytes: number;
}

/** Memory of a process with one training in it. */
export interface MeasuredPeak {
  /** The most that it ever had. */
  readonly peakResidentBytes: number;
  /** Where it is after the last iteration; undefined where the system does not tell. */
  readonly resident: ResidentMemory | undefined;
}

/** Most memory that processes ever had, each with one training in it. */
export interface PeaksAlone {
  compiled: number;
  eager: number;
}

/** What was measured in this process. */
export interface MeasuredIteration {
  cost: IterationCost;
  kernels: readonly KernelCount[];
  /** Where memory is after the last timed iteration; undefined where the system does not tell. */
  resident: ResidentMemory | undefined;
  /** Only when asked for. */
  times?: WorkProfile;
}

/** Two are recorded; the first that is replayed is slower than the others. */
const RECORDED = 3;

/** Iterations that are profiled at most; more would only take longer. */
const PROFILED = 3;

/**
 * Runs training iterations on random data: one to warm up, then those that are timed, then one that is counted and,
 * if asked for, some that are profiled, so that neither disturbs a time.
 *
 * @param domains number of domains
 * @param timed iterations to time, ≥ 1
 * @param profile whether to take the times of kernels too
 * @param peaks given to time compiled iterations in turn with those that run operation by operation: memory of processes with one of
 *   them alone, since this one holds both; FLOPs, launches and bytes of tensors are those of the latter
 */
export function measureIteration(
  config: Config,
  { domains, timed, profile = false, peaks }: { domains: number; timed: number; profile?: boolean; peaks?: PeaksAlone | undefined },
): MeasuredIteration {
  const workload = trainingWorkload(config, { domains });
  const compiled = peaks !== undefined ? trainingWorkload(config, { domains, compile: replayed }) : undefined;
  // Every iteration reads its losses, so it is done when it returns, on a GPU as well.
  workload.iterate();
  // As a training does: initial weights are garbage by now.
  collectGarbage();
  for (let i = 0; i < RECORDED; i++) compiled?.iterate();
  const eagerTimes: { wall: number; cpu: number }[] = [];
  const compiledTimes: typeof eagerTimes = [];
  for (let i = 0; i < timed; i++) {
    eagerTimes.push(timeOf(() => workload.iterate()));
    if (compiled !== undefined) compiledTimes.push(timeOf(() => compiled.iterate()));
  }
  const resident = residentMemory();
  compiled?.dispose();
  const times = compiled === undefined ? eagerTimes : compiledTimes;
  const seconds = times.map(({ wall }) => wall);
  const { flops, launches, peakTensorBytes, kernels } = countWork(() => workload.iterate());
  const cost = {
    secondsBest: Math.min(...seconds),
    secondsMedian: median(seconds),
    cpuSecondsMedian: median(times.map(({ cpu }) => cpu)),
    flops,
    launches,
    peakTensorBytes,
    peakResidentBytes: peaks?.compiled ?? peakResidentBytes(),
    ...(peaks && besideEager(seconds, eagerTimes, peaks.eager)),
  };
  const profiled = profile ? profileWork(() => workload.iterate(), { runs: Math.min(timed, PROFILED) }) : undefined;
  workload.dispose();
  return { cost, kernels, resident, times: profiled };
}

/**
 * Memory of this process after a few iterations of a training in it, as few as it takes to record and replay them.
 *
 * @param compile whether they are compiled, or run operation by operation
 */
export function measurePeak(config: Config, { domains, compile }: { domains: number; compile: boolean }): MeasuredPeak {
  const workload = trainingWorkload(config, { domains, ...(compile && { compile: replayed }) });
  workload.iterate();
  collectGarbage();
  for (let i = 0; i < RECORDED; i++) workload.iterate();
  const resident = residentMemory();
  workload.dispose();
  return { peakResidentBytes: peakResidentBytes(), resident };
}

function besideEager(
  compiled: readonly number[],
  times: readonly { wall: number }[],
  peak: number,
): Pick<IterationCost, 'eager' | 'compileRatio'> {
  const seconds = times.map(({ wall }) => wall);
  const secondsBest = Math.min(...seconds);
  const eager = { secondsBest, secondsMedian: median(seconds), peakResidentBytes: peak };
  return { eager, compileRatio: secondsBest / Math.min(...compiled) };
}

/** Seconds on the clock, and of processor time. */
function timeOf(run: () => unknown): { wall: number; cpu: number } {
  const before = process.cpuUsage();
  const start = performance.now();
  run();
  const wall = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1e6 };
}

/** The middle value, or the mean of the two in the middle. @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function peakResidentBytes(): number {
  // Linux hands the high mark of getrusage on from parent to child; the one of the status file is this program's.
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (line !== null) return Number(line[1]) * 1024;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return process.resourceUsage().maxRSS * 1024;
}
