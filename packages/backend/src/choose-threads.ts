/**
 * Arithmetic of an average kernel below which a second thread costs more than it brings: TensorFlow hands every kernel
 * to its threads, which takes longer than a small one. Measured on two cores: 1.9 MFLOP per launch are 1.4 times as
 * fast on one thread, 18 MFLOP a little faster on two.
 */
const WORTH_THREADS = 10e6;

/** What a program takes, as `countWork` of `@stargan/profiling` counts it. */
export interface CountedWork {
  /** FLOPs of convolutions and matrix products. */
  readonly flops: number;
  /** Launched kernels. */
  readonly launches: number;
}

/**
 * Threads of the native runtime with which a program is fastest: one for small networks, else undefined, all cores.
 *
 * @param work of the program with the kernels of the processor
 */
export function chooseThreads({ flops, launches }: CountedWork): number | undefined {
  return flops / launches < WORTH_THREADS ? 1 : undefined;
}
