import { chosen } from './chosen.js';
import { describeRuntime } from './describe-runtime.js';
import { thisSystem, type System } from './machine/system.js';
import { loadNativeCpu, loadNativeGpu, type Attempt } from './native-runtime.js';
import { loadCpu, loadWasm } from './portable-runtime.js';
import { chosenAllocation, chosenPrecision, type NativeSettings, type Precision } from './native-settings.js';
import { runtimeKinds, type Runtime, type RuntimeKind, type Allocation } from './runtime.js';

/** Options of {@link selectRuntime}. */
export interface SelectRuntimeOptions {
  /** Take this runtime or fail. Default: the fastest there is. `STARGAN_BACKEND` goes before it. */
  readonly prefer?: RuntimeKind | undefined;
  /**
   * Threads within one operation of a native runtime. Default: `TF_NUM_INTRAOP_THREADS`, else all cores. Counts for
   * the first selection in a process only: TensorFlow reads it when it is loaded.
   */
  readonly threads?: number | undefined;
  /**
   * How convolutions and matrix products of a native runtime may round. Default `float32`; `STARGAN_PRECISION` goes
   * before it. Counts for the first selection in a process only.
   */
  readonly precision?: Precision | undefined;
  /**
   * Where tensors of a native runtime on a processor lie. Default `paged`; `STARGAN_ALLOCATION` goes before it. Counts for the first
   * selection in a process only.
   */
  readonly allocation?: Allocation | undefined;
  /** Leaves out the warning on standard error about a slow fallback, or a card that is not used. Default false. */
  readonly quiet?: boolean | undefined;
}

/** Loads one runtime. */
export type Loaders = Readonly<Record<RuntimeKind, (system: System, options: NativeSettings) => Promise<Attempt>>>;

const loaders: Loaders = {
  'native-gpu': loadNativeGpu,
  'native-cpu': loadNativeCpu,
  wasm: loadWasm,
  cpu: loadCpu,
};

/**
 * Loads the fastest TensorFlow runtime of this machine and makes it the current tfjs backend.
 *
 * @throws when `prefer` or `STARGAN_BACKEND` names an unknown or unavailable runtime, when `threads` is no positive
 *   integer, and when no runtime is installed at all.
 */
export async function selectRuntime(options: SelectRuntimeOptions = {}): Promise<Runtime> {
  return selectFrom(loaders, thisSystem(), options);
}

export async function selectFrom(
  available: Loaders,
  system: System,
  { prefer, threads, precision, allocation, quiet = false }: SelectRuntimeOptions = {},
): Promise<Runtime> {
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw new Error(`selectRuntime: threads must be a positive integer, got ${String(threads)}`);
  }
  const settings = {
    threads,
    precision: chosenPrecision(system.env.STARGAN_PRECISION, precision),
    allocation: chosenAllocation(system.env.STARGAN_ALLOCATION, allocation),
  };
  const wanted = chosen(runtimeKinds, ['STARGAN_BACKEND', system.env.STARGAN_BACKEND], ['prefer', prefer]);
  const reasons: string[] = [];
  let unusedCard: string | undefined;
  for (const kind of wanted === undefined ? runtimeKinds : [wanted.choice]) {
    const attempt = await available[kind](system, settings);
    if ('refusal' in attempt) {
      reasons.push(`${kind}: ${attempt.refusal}`);
      if (attempt.card !== undefined) unusedCard = `${attempt.card} is not used. ${attempt.refusal}`;
      continue;
    }
    const runtime = { ...attempt, reasons, ...(unusedCard === undefined ? {} : { unusedCard }) };
    if (!quiet && reasons.length > 0 && (isSlow(runtime) || unusedCard !== undefined)) console.warn(describeRuntime(runtime));
    return runtime;
  }
  if (wanted === undefined) throw new Error(`selectRuntime: no TensorFlow runtime can be loaded\n${list(reasons)}`);
  throw new Error(
    `selectRuntime: ${wanted.source}=${wanted.choice} asks for a runtime that is not available\n${list(reasons)}\nLeave it unset to take the fastest there is.`,
  );
}

function isSlow(runtime: Runtime): boolean {
  return runtime.kind === 'wasm' || runtime.kind === 'cpu';
}

function list(reasons: readonly string[]): string {
  return reasons.map((reason) => `  ${reason}`).join('\n');
}
