import type { FusedKernels, RuntimeKind } from '../runtime.js';
import type { NvidiaCard } from './nvidia.js';
import type { Processor } from './processor.js';

export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem';
  readonly subject: string;
  readonly message: string;
  readonly remedy?: string;
}

export interface RuntimeReport {
  readonly kind: RuntimeKind;
  readonly available: boolean;
  /** Version of TensorFlow's C library, or of the npm package for the portable runtimes. */
  readonly version?: string;
  /** Why it is not available. */
  readonly why?: string;
  /** Native CPU runtime only, where it is available. */
  readonly fusedKernels?: FusedKernels;
}

/** What there is on a machine to run TensorFlow with. Sizes are in bytes. */
export interface Diagnosis {
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** Threads that a native runtime uses: `TF_NUM_INTRAOP_THREADS`, else all cores. */
  readonly threads: number;
  readonly processor: Processor;
  /** Available is what may still be taken: also what the kernel would give back, within a container's limit. */
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number; readonly availableBytes: number };
  readonly cache: { readonly folder: string; readonly freeBytes: number };
  readonly python?: { readonly executable: string; readonly version: string; readonly pip: boolean };
  readonly compiler?: { readonly command: string; readonly version: string };
  readonly card?: NvidiaCard;
  /** All four, best first. */
  readonly runtimes: readonly RuntimeReport[];
  readonly findings: readonly Finding[];
}
