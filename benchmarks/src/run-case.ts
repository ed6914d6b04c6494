import { dispose, engine, reshape, slice, tensor_util, tidy } from '@tensorflow/tfjs-core';
import type { TensorContainer } from '@tensorflow/tfjs-core';
import { countWork } from '@stargan/profiling';
import { requireSameResult } from './compare-results.js';
import { interleave, type TimedVariant, type Timing } from './interleave.js';
import type { Scale } from './scale.js';
import { caseName, type ImageCase, type NamedCase, type TensorCase } from './suite.js';

interface Names {
  suite: string;
  case: string;
}

/** What was measured of a variant that computes tensors. Keys are the JSON's. */
export interface TensorResult extends Names, Timing {
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

/** What was measured of a variant that reads images. */
export interface ImageResult extends Names, Timing {
  /** By the median. */
  imagesPerSecond: number;
  /** Processor time of all threads for one image, by the mean: what other programs do hardly shows in it. */
  cpuSecondsPerImage: number;
}

export type VariantResult = TensorResult | ImageResult;

export interface RunOptions {
  scale: Pick<Scale, 'time' | 'minimumRuns'>;
  /** Measured matmul peak in FLOP/s. */
  peak: number;
}

const MAXIMUM_RUNS = 1000;

/**
 * Measures all variants of a case in turn. Every variant runs equally often, as often as the slowest fits into the
 * time.
 *
 * @throws when a variant fails, or computes something else than the first
 */
export async function runCase(measured: NamedCase, options: RunOptions): Promise<VariantResult[]> {
  try {
    return 'images' in measured ? await runImageCase(measured, options) : await runTensorCase(measured, options);
  } catch (error) {
    throw new Error(`${caseName(measured)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function runTensorCase(
  { suite, name, arithmetic = false, prepare }: TensorCase & { suite: string },
  { scale, peak }: RunOptions,
): Promise<TensorResult[]> {
  const variablesBefore = new Set(Object.keys(engine().state.registeredVariables));
  engine().startScope(name);
  try {
    const variants = Object.entries(prepare()).map(([called, run]) => ({ name: called, run: () => tidy(run) }));
    const counts = countAndCompare(variants);
    const timings = await timeVariants(
      variants.map(({ name: called, run }) => ({ name: called, time: () => timeOf(run) })),
      scale,
    );
    return timings.map((timing, i) => {
      const rate = counts[i]!.flops / timing.secondsMedian;
      return {
        suite,
        case: name,
        ...timing,
        ...counts[i]!,
        ...(arithmetic ? { gigaflopsPerSecond: rate / 1e9, shareOfPeak: rate / peak } : {}),
      };
    });
  } finally {
    engine().endScope();
    // Variables outlive scopes.
    for (const [called, variable] of Object.entries(engine().state.registeredVariables))
      if (!variablesBefore.has(called)) variable.dispose();
  }
}

async function runImageCase(
  { suite, name, images, prepareImages }: ImageCase & { suite: string },
  { scale }: RunOptions,
): Promise<ImageResult[]> {
  const { variants, close } = await prepareImages();
  try {
    const cpuSeconds: number[][] = [];
    const timed = Object.entries(variants).map(([called, run], variant) => ({
      name: called,
      time: async () => {
        const [start, cpu] = [performance.now(), process.cpuUsage()];
        await run();
        const { user, system } = process.cpuUsage(cpu);
        (cpuSeconds[variant] ??= []).push((user + system) / 1e6);
        return performance.now() - start;
      },
    }));
    const timings = await timeVariants(timed, scale);
    return timings.map((timing, variant) => {
      // Those before were warm-up.
      const all = cpuSeconds[variant]!.slice(-timing.runs).reduce((sum, seconds) => sum + seconds, 0);
      const cpuSecondsPerImage = all / timing.runs / images;
      return { suite, case: name, ...timing, imagesPerSecond: images / timing.secondsMedian, cpuSecondsPerImage };
    });
  } finally {
    await close?.();
  }
}

async function timeVariants(variants: readonly TimedVariant[], { time, minimumRuns }: RunOptions['scale']): Promise<Timing[]> {
  if (variants.length === 0) throw new Error('there must be at least one variant, got none');
  let slowest = 0;
  for (const variant of variants) slowest = Math.max(slowest, await warmUp(variant, time));
  return interleave(variants, Math.min(MAXIMUM_RUNS, Math.max(minimumRuns, Math.round(time / slowest))));
}

/** Milliseconds of a run after a first one, or of that where it takes all the time of a variant. */
async function warmUp({ time }: TimedVariant, enough: number): Promise<number> {
  const first = await time();
  return first > enough ? first : time();
}

type Count = Pick<TensorResult, 'launches' | 'flops' | 'peakBytes'>;

/** Runs every variant once, to count its work and to see that it computes what the first one does. */
function countAndCompare(variants: readonly { name: string; run: () => TensorContainer }[]): Count[] {
  let expected: TensorContainer;
  return variants.map(({ name, run }, i) => {
    const { result, launches, flops, peakTensorBytes, startTensorBytes } = countWork(run);
    if (i === 0) {
      expected = result;
    } else {
      try {
        requireSameResult(result, expected);
      } catch (error) {
        throw new Error(`${name} does not compute what ${variants[0]!.name} does: ${(error as Error).message}`, { cause: error });
      }
      dispose(result);
    }
    if (i === variants.length - 1) dispose(expected);
    return { launches, flops, peakBytes: peakTensorBytes - startTensorBytes };
  });
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
