import { Bench } from 'tinybench';

/** A variant, and how to run it once: gives the milliseconds that it took. */
export interface TimedVariant {
  readonly name: string;
  readonly time: () => number | Promise<number>;
}

/** Times of one variant. Keys are the JSON's. */
export interface Timing {
  variant: string;
  /** Timed runs. */
  runs: number;
  secondsMean: number;
  secondsMedian: number;
  /** Square seconds. */
  secondsVariance: number;
  /** By the median. */
  runsPerSecond: number;
}

/**
 * Runs variants in turn, A B A B …, one at a time and equally often, so that whatever disturbs the machine disturbs
 * all alike.
 *
 * @param runs of each variant, ≥ 1
 */
export async function interleave(variants: readonly TimedVariant[], runs: number): Promise<Timing[]> {
  // Tasks of tinybench's `bench` concurrency go on at every await; who waits for the one before takes turns with it.
  let before: Promise<unknown> = Promise.resolve();
  const bench = new Bench({ concurrency: 'bench', iterations: runs, time: 0, warmup: false, throws: true });
  for (const { name, time } of variants) {
    const run = (): Promise<{ overriddenDuration: number }> => {
      const timed = before.then(async () => ({ overriddenDuration: await time() }));
      before = timed.catch(() => undefined);
      return timed;
    };
    bench.add(name, run, { async: true });
  }
  const tasks = await bench.run();
  return tasks.map(({ name, result }) => {
    if (!('latency' in result)) throw new Error(`${name} has no result but is ${result.state}`);
    const { mean, p50, variance, samplesCount } = result.latency;
    return {
      variant: name,
      runs: samplesCount,
      secondsMean: mean / 1e3,
      secondsMedian: p50 / 1e3,
      secondsVariance: variance / 1e6,
      runsPerSecond: 1e3 / p50,
    };
  });
}
