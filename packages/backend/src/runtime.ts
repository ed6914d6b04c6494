/** The TensorFlow runtimes for Node.js, the fastest first. */
export const runtimeKinds = ['native-gpu', 'native-cpu', 'wasm', 'cpu'] as const;

/**
 * A TensorFlow runtime.
 *
 * - `native-gpu`: TensorFlow's C library on an NVIDIA card
 * - `native-cpu`: TensorFlow's C library on the processor, all cores
 * - `wasm`: WebAssembly with SIMD, one thread, at most 4 GiB of tensors
 * - `cpu`: plain JavaScript, for tiny shapes only
 */
export type RuntimeKind = (typeof runtimeKinds)[number];

/**
 * Where the tensors of a native runtime on a processor lie.
 *
 * - `paged`: blocks of 1 MiB and more are put together from pages that are free, wherever those are, so that no more is taken from the
 *   system than was in use at once. Linux with glibc, x86-64 or ARM64, and an addon of this package's making; `pooled` elsewhere
 * - `pooled`: in TensorFlow's pool, whose free blocks often do not fit; as fast, and a third more memory
 */
export type Allocation = 'paged' | 'pooled';

/** Whether this package's own kernels for TensorFlow are in use; without them the same is composed, slower. */
export interface FusedKernels {
  /** Whether they are loaded and registered. */
  readonly available: boolean;
  /**
   * What processor they were compiled for: a level of x64, `x86-64-v4`, `x86-64-v3` or `x86-64-v2`, or `native`, this one alone. Left out
   * where they are not available.
   */
  readonly level?: string;
  /** Why not. */
  readonly why?: string;
}

/** What people are told of kernels that are available. */
export const nameKernels = ({ level }: FusedKernels): string => `fused kernels${level === undefined ? '' : ` (${level})`}`;

/** The runtime that was selected, and why it is not a better one. */
export interface Runtime {
  /** Which runtime it is. */
  readonly kind: RuntimeKind;
  /** What `tf.getBackend()` returns: `tensorflow`, `wasm` or `cpu`. */
  readonly backendName: string;
  /** Version of TensorFlow's C library; native runtimes only. */
  readonly tensorflowVersion?: string;
  /** Native CPU runtime only. */
  readonly fusedKernels?: FusedKernels;
  /** Native CPU runtime only: where tensors lie, `pooled` also where the addon cannot do otherwise. */
  readonly allocation?: Allocation;
  /** For people: `CPU, 2 threads`, or the card and its driver. */
  readonly device: string;
  /** Why each better runtime was passed over, best first; empty for the best. */
  readonly reasons: readonly string[];
  /** Why a card that is there is not used. */
  readonly unusedCard?: string;
}

/** npm package that brings a runtime. */
export const runtimePackages: Readonly<Record<RuntimeKind, string>> = {
  'native-gpu': '@tensorflow/tfjs-node-gpu',
  'native-cpu': '@tensorflow/tfjs-node',
  wasm: '@tensorflow/tfjs-backend-wasm',
  cpu: '@tensorflow/tfjs-backend-cpu',
};
