import type { FusedKernels, RuntimeKind } from '../runtime.js';
import type { NvidiaCard } from './nvidia.js';
import type { Processor } from './processor.js';

/** One judgement of a {@link Diagnosis}. */
export interface Finding {
  /** `ok`: nothing to do; `warning`: it works, with something lost; `problem`: training is not possible like this. */
  readonly level: 'ok' | 'warning' | 'problem';
  /** What it is about, one word: `runtime`, `card`, `kernels`, `memory`, …. */
  readonly subject: string;
  /** What was found. */
  readonly message: string;
  /** What to do about it: a command where one does; left out where nothing is to be done. */
  readonly remedy?: string;
}

/** One runtime on this machine. */
export interface RuntimeReport {
  /** Which runtime. */
  readonly kind: RuntimeKind;
  /** Whether it can be selected. */
  readonly available: boolean;
  /** Version of TensorFlow's C library, or of the npm package for the portable runtimes. */
  readonly version?: string;
  /** Why it is not available. */
  readonly why?: string;
  /** What to do about it, where that is not to install it. */
  readonly remedy?: string;
  /** Native CPU runtime only, where it is available. */
  readonly fusedKernels?: FusedKernels;
  /** Native runtimes only: whether functions can be captured and replayed. */
  readonly capture?: boolean | undefined;
}

/** What there is on a machine to run TensorFlow with. Sizes are in bytes. */
export interface Diagnosis {
  /** Version of Node.js, as `v20.19.0`. */
  readonly node: string;
  /** Operating system, as in `process.platform`. */
  readonly platform: string;
  /** Processor architecture, as in `process.arch`. */
  readonly arch: string;
  /** Threads that a native runtime uses: `TF_NUM_INTRAOP_THREADS`, else all cores. */
  readonly threads: number;
  /** Model and cores of the processor, and whether it has AVX. */
  readonly processor: Processor;
  /** Available is what may still be taken: also what the kernel would give back, within a container's limit. */
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number; readonly availableBytes: number };
  /** The C library and its version, as `glibc 2.36`; left out outside Linux. */
  readonly libc?: string;
  /** Where downloaded and compiled libraries are kept, and the bytes that are free there; or why there is no such place. */
  readonly cache: { readonly folder: string; readonly freeBytes: number } | { readonly refusal: string };
  /** The Python that TensorFlow's library can be fetched with; left out where there is none. */
  readonly python?: { readonly executable: string; readonly version: string; readonly pip: boolean; readonly pipVersion?: string };
  /** What `python3` printed, where it is there and does not start. */
  readonly pythonFailure?: string;
  /** The C++ compiler that the addon can be built with; left out where there is none. */
  readonly compiler?: { readonly command: string; readonly version: string };
  /** The first NVIDIA card; left out where there is none. */
  readonly card?: NvidiaCard;
  /** All four, best first. */
  readonly runtimes: readonly RuntimeReport[];
  /** What follows from all this, with remedies. */
  readonly findings: readonly Finding[];
}
