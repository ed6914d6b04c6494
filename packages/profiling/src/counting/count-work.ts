import { memory } from '@tensorflow/tfjs-core';
import { fusedOperations, type FusedOperation } from '@stargan/ops/fused';
import { describeShapes } from './describe-shapes.js';
import { flopsOf } from './flops.js';
import { interceptLaunches } from './intercept-launches.js';

/** All launches of one kernel with the same shapes. */
export interface KernelCount {
  /** Name of the kernel. */
  readonly kernel: string;
  /** Input shapes by role, and the output's: `x 4×64×64×256, filter 3×3×256×256 → 4×64×64×256`. */
  readonly shapes: string;
  /** How often it was launched. */
  readonly launches: number;
  /** Convolution and matrix-product FLOPs of all these launches together. */
  readonly flops: number;
}

/** Options of {@link countWork}. */
export interface CountWorkOptions {
  /** Fused operations, which say what arithmetic they take; those of `@stargan/ops/fused` by default. */
  fused?: readonly FusedOperation[];
}

/** What a piece of work cost, exactly: the same work gives the same numbers. */
export interface WorkCount<Result> {
  /** What the work returned. */
  readonly result: Result;
  /** Kernels launched; what they are depends on the runtime, so compare them on one runtime only. */
  readonly launches: number;
  /** FLOPs of convolutions and matrix products, two per multiply-and-add. */
  readonly flops: number;
  /** Bytes of all tensors before the work. */
  readonly startTensorBytes: number;
  /** Most bytes of all tensors that existed at once, looked at after every launch. */
  readonly peakTensorBytes: number;
  /** By kernel and shapes, most FLOPs first, then most launches. */
  readonly kernels: readonly KernelCount[];
}

/**
 * Runs a piece of work once and counts its kernel launches, its arithmetic and its memory. The backend is as before
 * afterwards, also when the work fails. Counting slows the work down: take times in another run, or with `profileWork`.
 *
 * ```js
 * const { flops, launches } = countWork(() => tf.tidy(() => generator.apply(parameters, image, style).dataSync()));
 * ```
 *
 * @param work synchronous; its result is handed on, and what tensors it leaves stay
 * @param options fused operations of your own
 * @throws when the work is asynchronous, or launches a convolution or matrix product without a FLOP formula, which
 *   `registerFlopFormula` adds
 */
export function countWork<Result>(work: () => Result, { fused = fusedOperations }: CountWorkOptions = {}): WorkCount<Result> {
  const startTensorBytes = memory().numBytes;
  const counts = new Map<string, KernelCount>();
  let launches = 0;
  let flops = 0;
  let peakTensorBytes = startTensorBytes;
  const restore = interceptLaunches((launch) => {
    const cost = flopsOf(launch, fused);
    launches += 1;
    flops += cost;
    peakTensorBytes = Math.max(peakTensorBytes, memory().numBytes);
    const { kernel } = launch;
    const shapes = describeShapes(launch);
    const key = `${kernel} ${shapes}`;
    const sofar = counts.get(key);
    counts.set(key, { kernel, shapes, launches: (sofar?.launches ?? 0) + 1, flops: (sofar?.flops ?? 0) + cost });
  }, fused);
  let result: Result;
  try {
    result = work();
  } finally {
    restore();
  }
  if (result instanceof Promise)
    throw new Error('countWork: work must be synchronous, got a function that returns a promise; wait for its inputs before');
  const kernels = [...counts.values()].sort((a, b) => b.flops - a.flops || b.launches - a.launches);
  return { result, launches, flops, startTensorBytes, peakTensorBytes, kernels };
}
