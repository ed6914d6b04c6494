import { chosen } from './chosen.js';
import type { Allocation } from './runtime.js';

/**
 * How convolutions and matrix products may round on a native runtime.
 *
 * - `float32`: as float32 everywhere
 * - `reduced`: bfloat16 products on processors that have them, TensorFloat-32 on NVIDIA cards that have it; sums, and
 *   everything that is stored, stay float32
 */
export type Precision = 'float32' | 'reduced';

/** What a native runtime can be told when it is loaded. */
export interface NativeSettings {
  /** Threads within one operation. Default: `TF_NUM_INTRAOP_THREADS`, else all cores. */
  readonly threads?: number | undefined;
  /** Default `float32`. `STARGAN_PRECISION` goes before it. */
  readonly precision?: Precision | undefined;
  /** Default `paged`. `STARGAN_ALLOCATION` goes before it. */
  readonly allocation?: Allocation | undefined;
}

const precisions = ['float32', 'reduced'] as const satisfies Precision[];
const allocations = ['paged', 'pooled'] as const satisfies Allocation[];

/** @throws when `STARGAN_PRECISION`, or the option, names no precision */
export const chosenPrecision = (fromEnvironment: string | undefined, option?: string): Precision =>
  chosen(precisions, ['STARGAN_PRECISION', fromEnvironment], ['precision', option])?.choice ?? 'float32';

/** @throws when `STARGAN_ALLOCATION`, or the option, names no allocation */
export const chosenAllocation = (fromEnvironment: string | undefined, option?: string): Allocation =>
  chosen(allocations, ['STARGAN_ALLOCATION', fromEnvironment], ['allocation', option])?.choice ?? 'paged';
