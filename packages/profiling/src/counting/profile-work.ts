import { describeShapes } from './describe-shapes.js';
import { flopsOf } from './flops.js';
import { interceptLaunches } from './intercept-launches.js';

/** The launches of one kernel with the same shapes. */
export interface KernelTime {
  /** Name of the kernel. */
  readonly kernel: string;
  /** Input shapes by role, and the output's: `x 4×64×64×256, filter 3×3×256×256 → 4×64×64×256`. */
  readonly shapes: string;
  /** Launches in one run. */
  readonly launches: number;
  /** Time of all these launches of one run together; the mean of the runs. */
  readonly seconds: number;
  /** Convolution and matrix-product FLOPs of one run. */
  readonly flops: number;
}

/** Options of {@link profileWork}. */
export interface ProfileWorkOptions {
  /** Runs to take the mean of, ≥ 1; default 1. */
  runs?: number;
}

/** Where the time of a piece of work goes. Times are means of the runs. */
export interface WorkProfile {
  /** Time of one run, the measuring included. */
  readonly seconds: number;
  /** Time of all launches of one run; the rest of `seconds` passes between launches. */
  readonly launchSeconds: number;
  /** By kernel and shapes, most time first. */
  readonly kernels: readonly KernelTime[];
}

/**
 * Runs a piece of work several times and takes the time of every kernel launch. A launch of the native CPU runtime, of
 * WebAssembly and of JavaScript returns when the kernel is done; one of a graphics card returns before, so that its
 * time says nothing about the kernel. The backend is as before afterwards, also when the work fails.
 *
 * @param work synchronous; it should have run once before, to warm up
 * @param options how often it is run
 * @throws when `runs` is no whole number ≥ 1, the work is asynchronous, or it launches a convolution or matrix product
 *   without a FLOP formula
 */
export function profileWork(work: () => unknown, { runs = 1 }: ProfileWorkOptions = {}): WorkProfile {
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`profileWork: runs must be a whole number ≥ 1, got ${runs}`);
  const totals = new Map<string, { -readonly [Key in keyof KernelTime]: KernelTime[Key] }>();
  let launchSeconds = 0;
  const restore = interceptLaunches((launch, seconds) => {
    launchSeconds += seconds;
    const { kernel } = launch;
    const shapes = describeShapes(launch);
    const key = `${kernel} ${shapes}`;
    const total = totals.get(key) ?? { kernel, shapes, launches: 0, seconds: 0, flops: 0 };
    total.launches += 1;
    total.seconds += seconds;
    total.flops += flopsOf(launch);
    totals.set(key, total);
  });
  const start = performance.now();
  try {
    for (let run = 0; run < runs; run++) {
      if (work() instanceof Promise)
        throw new Error('profileWork: work must be synchronous, got a function that returns a promise; wait for its inputs before');
    }
  } finally {
    restore();
  }
  const seconds = (performance.now() - start) / 1e3 / runs;
  const kernels = [...totals.values()].map((total) => ({
    ...total,
    launches: total.launches / runs,
    seconds: total.seconds / runs,
    flops: total.flops / runs,
  }));
  return { seconds, launchSeconds: launchSeconds / runs, kernels: kernels.sort((a, b) => b.seconds - a.seconds) };
}
