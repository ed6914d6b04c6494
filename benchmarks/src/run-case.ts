import { dispose, engine, reshape, slice, tensor_util, tidy } from '@tensorflow/tfjs-core';
import type { TensorContainer } from '@tensorflow/tfjs-core';
import { countWork } from '@stargan/harness/measurement';
import { Bench } from 'tinybench';
import type { Scale } from './scale.js';
import { prepareVariants, type MergedCase } from './suite.js';

/** What was measured of one variant. Keys are the JSON's. */
export interface VariantResult {
  suite: string;
  case: string;
  variant: string;
  /** Timed runs. */
  runs: number;
  secondsMean: number;
  secondsMedian: number;
  /** Square seconds. */
  secondsVariance: number;
  runsPerSecond: number;
  /** Kernel launches of one run. */
  launches: number;
  /** Convolution and matrix-product FLOPs of one run. */
  flops: number;
  /** How far the bytes of all tensors rise during one run, the result included. */
  peakBytes: number;
  /** By the median; only where convolutions take most of the time. */
  gigaflopsPerSecond?: number;
  /** The same as a share of the matmul peak of this run. */
  shareOfPeak?: number;
}

const WARM_UP_RUNS = 2;
const MAXIMUM_RUNS = 1000;

/**
 * Measures all variants of a case in turn, A B A B …, so that whatever disturbs the machine disturbs all alike.
 * Every variant runs equally often, as often as the slowest fits into the time.
 *
 * @param peak measured matmul peak in FLOP/s
 */
export async function runCase(measured: MergedCase, { scale, peak }: { scale: Pick<Scale, 'time' | 'minimumRuns'>; peak: number }): Promise<VariantResult[]> {
  engine().startScope(measured.name);
  try {
    const variants = Object.entries(prepareVariants(measured)).map(([name, run]) => ({ name, run: () => tidy(run) }));
    const counts = variants.map(({ run }) => count(run));
    const slowest = Math.max(...variants.map(({ run }) => warmUp(run)));
    const iterations = Math.min(MAXIMUM_RUNS, Math.max(scale.minimumRuns, Math.round(scale.time / slowest)));
    // Tasks of tinybench's `bench` concurrency take turns at every await; each reports the time of its own work.
    const bench = new Bench({ concurrency: 'bench', iterations, time: 0, warmup: false, throws: true });
    for (const { name, run } of variants) {
      bench.add(name, () => Promise.resolve({ overriddenDuration: timeOf(run) }), { async: true });
    }
    const tasks = await bench.run();
    return tasks.map(({ name, result }, i) => {
      if (!('latency' in result)) throw new Error(`${measured.name}: ${name} has no result but is ${result.state}`);
      const { mean, p50, variance, samplesCount } = result.latency;
      const gigaflopsPerSecond = counts[i]!.flops / p50 / 1e6;
      return {
        suite: measured.suite,
        case: measured.name,
        variant: name,
        runs: samplesCount,
        secondsMean: mean / 1e3,
        secondsMedian: p50 / 1e3,
        secondsVariance: variance / 1e6,
        runsPerSecond: 1e3 / p50,
        ...counts[i]!,
        ...(measured.arithmetic ? { gigaflopsPerSecond, shareOfPeak: (gigaflopsPerSecond * 1e9) / peak } : {}),
      };
    });
  } finally {
    engine().endScope();
  }
}

function count(run: () => TensorContainer): { launches: number; flops: number; peakBytes: number } {
  const { result, launches, flops, peakTensorBytes, startTensorBytes } = countWork(run);
  dispose(result);
  return { launches, flops, peakBytes: peakTensorBytes - startTensorBytes };
}

/** Milliseconds of the last of a few runs. */
function warmUp(run: () => TensorContainer): number {
  let last = 0;
  for (let i = 0; i < WARM_UP_RUNS; i++) last = timeOf(run);
  return last;
}

/** Milliseconds of one run, up to one value of its result having been read: backends may compute late. */
function timeOf(run: () => TensorContainer): number {
  const start = performance.now();
  const output = run();
  const last = tensor_util.getTensorsInContainer(output).at(-1);
  if (last === undefined) throw new Error('a variant must return at least one tensor, got none');
  tidy(() => slice(reshape(last, [last.size]), [0], [1]).dataSync());
  const duration = performance.now() - start;
  dispose(output);
  return duration;
}
