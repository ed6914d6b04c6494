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
}

const precisions: readonly string[] = ['float32', 'reduced'] satisfies Precision[];

/** @throws when `STARGAN_PRECISION`, or the option, names no precision */
export function chosenPrecision(fromEnvironment: string | undefined, option = 'float32'): Precision {
  const [source, name] = fromEnvironment ? ['STARGAN_PRECISION', fromEnvironment] : ['precision', option];
  if (!precisions.includes(name)) throw new Error(`selectRuntime: ${source} must be one of ${precisions.join(', ')}, got ${name}`);
  return name as Precision;
}
