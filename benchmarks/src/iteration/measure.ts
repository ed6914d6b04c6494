import { readFileSync } from 'node:fs';
import { countWork, trainingWorkload, type Config, type KernelCount } from '@stargan/harness/measurement';

/** What one training iteration costs. Keys are the JSON's. */
export interface IterationCost {
  secondsBest: number;
  secondsMedian: number;
  /** Convolution and matrix-product FLOPs, two per multiply-and-add. */
  flops: number;
  /** Kernel launches. */
  launches: number;
  /** Most bytes of tensors at once, weights and moments included. */
  peakTensorBytes: number;
  /** Most memory that the process ever had. */
  peakResidentBytes: number;
}

/**
 * Runs training iterations on random data: one to warm up, then those that are timed, then one that is counted,
 * so that counting disturbs no time.
 *
 * @param domains number of domains
 * @param timed iterations to time, ≥ 1
 */
export function measureIteration(config: Config, { domains, timed }: { domains: number; timed: number }): { cost: IterationCost; kernels: readonly KernelCount[] } {
  const workload = trainingWorkload(config, { domains });
  // Every iteration reads its losses, so it is done when it returns, on a GPU as well.
  workload.iterate();
  const seconds = Array.from({ length: timed }, () => {
    const start = performance.now();
    workload.iterate();
    return (performance.now() - start) / 1e3;
  });
  const { flops, launches, peakTensorBytes, kernels } = countWork(() => workload.iterate());
  workload.dispose();
  const cost = { secondsBest: Math.min(...seconds), secondsMedian: median(seconds), flops, launches, peakTensorBytes, peakResidentBytes: peakResidentBytes() };
  return { cost, kernels };
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
