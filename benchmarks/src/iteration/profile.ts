import type { KernelTime, WorkProfile } from '@stargan/profiling';

/** Time of some launches of one iteration. */
export interface TimeShare {
  /** In one iteration. */
  seconds: number;
  /** Of the iteration's time. */
  share: number;
}

/** The same where it is arithmetic. */
export interface ArithmeticShare extends TimeShare {
  flops: number;
  gigaflopsPerSecond: number;
  /** Of the matmul peak. */
  shareOfPeak: number;
}

/** One kernel, with all shapes or with one. */
export type KernelShare = { kernel: string; shapes?: string; launches: number } & (TimeShare | ArithmeticShare);

/** Where the time of an iteration goes. Keys are the JSON's. */
export interface IterationProfile {
  /** Mean of the profiled iterations; beside `secondsMedian` it shows what profiling costs. */
  seconds: number;
  /** Whether a launch ends with its kernel. Where it does not, on a GPU, no number here is a kernel's time. */
  synchronous: boolean;
  matmulPeakGigaflopsPerSecond: number;
  /** Convolutions and matrix products. */
  arithmetic: ArithmeticShare;
  /** All other kernels. */
  otherKernels: TimeShare;
  /** JavaScript, and reading losses back. */
  betweenLaunches: TimeShare;
  /** By kernel, most time first. */
  kernels: KernelShare[];
  /** By kernel and shapes, most time first. */
  shapes: KernelShare[];
}

const total = (kernels: readonly KernelTime[], key: 'seconds' | 'flops' | 'launches'): number =>
  kernels.reduce((sum, kernel) => sum + kernel[key], 0);

/**
 * Shares of an iteration's time, and FLOP/s beside the peak.
 *
 * @param peak measured matmul peak in FLOP/s
 */
export function summarizeProfile(
  { seconds, launchSeconds, kernels }: WorkProfile,
  { peak, synchronous }: { peak: number; synchronous: boolean },
): IterationProfile {
  const time = (spent: number): TimeShare => ({ seconds: spent, share: spent / seconds });
  const arithmetic = (spent: number, flops: number): ArithmeticShare => {
    const rate = spent === 0 ? 0 : flops / spent;
    return { ...time(spent), flops, gigaflopsPerSecond: rate / 1e9, shareOfPeak: rate / peak };
  };
  const cost = (group: readonly KernelTime[]): TimeShare | ArithmeticShare => {
    const [spent, flops] = [total(group, 'seconds'), total(group, 'flops')];
    return flops === 0 ? time(spent) : arithmetic(spent, flops);
  };
  const multiplying = kernels.filter(({ flops }) => flops > 0);
  const arithmeticSeconds = total(multiplying, 'seconds');
  const byKernel = [...new Set(kernels.map(({ kernel }) => kernel))].map((kernel) => {
    const group = kernels.filter((one) => one.kernel === kernel);
    return { kernel, launches: total(group, 'launches'), ...cost(group) };
  });
  return {
    seconds,
    synchronous,
    matmulPeakGigaflopsPerSecond: peak / 1e9,
    arithmetic: arithmetic(arithmeticSeconds, total(multiplying, 'flops')),
    otherKernels: time(launchSeconds - arithmeticSeconds),
    betweenLaunches: time(seconds - launchSeconds),
    kernels: byKernel.sort((a, b) => b.seconds - a.seconds),
    shapes: kernels.map((one) => ({ kernel: one.kernel, shapes: one.shapes, launches: one.launches, ...cost([one]) })),
  };
}
