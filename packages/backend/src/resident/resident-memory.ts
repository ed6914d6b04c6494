import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { findAllocator } from './allocator.js';
import { mappedBytes, type MappedBytes } from './mappings.js';

/** Where the resident memory of a process is, in bytes; the parts add up to `total`. */
export interface ResidentMemory {
  /** All that is in memory, as the system counts it. */
  readonly total: number;
  /** Tensors that there are (`tf.memory().numBytes`). */
  readonly tensors: number;
  /** What JavaScript's heap has taken. */
  readonly javascriptHeap: number;
  /** Typed arrays and buffers. Tensors may work in the memory of those that they were made of, which is then in both numbers. */
  readonly arrayBuffers: number;
  /** Programs, libraries and other files that are mapped, as far as they were used. */
  readonly files: number;
  /** Stacks of threads. */
  readonly stacks: number;
  /**
   * What native code holds beside tensors and arrays: workspace, constants, functions, what is left of the last pages of blocks, and,
   * where tensors are `pooled`, what TensorFlow's own pool keeps for later, which the C library cannot tell from what is in use. Negative
   * where tensors share memory with each other or with arrays; undefined where the addon does not tell.
   */
  readonly nativeInUse: number | undefined;
  /** What the C library's allocator and the pool of pages keep for later, though nothing uses it; undefined where the addon does not tell. */
  readonly nativeFree: number | undefined;
  /** The difference to `total`: what is not known, less what was taken and never touched, such as tensors of zeros. */
  readonly rest: number;
}

/** What is known of a process. */
export interface MemoryAccounts {
  /** Resident bytes by kind of mapping. */
  readonly mapped: MappedBytes;
  /** Bytes of tensors. */
  readonly tensors: number;
  /** Bytes of JavaScript's heap. */
  readonly javascriptHeap: number;
  /** Bytes of typed arrays and buffers. */
  readonly arrayBuffers: number;
  /** Bytes that the allocator has given out, those of tensors and arrays included, and that it keeps; undefined where it does not tell. */
  readonly allocator: { readonly inUse: number; readonly free: number } | undefined;
}

/** Splits resident memory into parts that add up to it. */
export function splitResident({ mapped, tensors, javascriptHeap, arrayBuffers, allocator }: MemoryAccounts): ResidentMemory {
  const { files, stacks, anonymous } = mapped;
  const total = files + stacks + anonymous;
  const nativeInUse = allocator && allocator.inUse - tensors - arrayBuffers;
  const nativeFree = allocator?.free;
  const named = tensors + javascriptHeap + arrayBuffers + files + stacks + (nativeInUse ?? 0) + (nativeFree ?? 0);
  return { total, tensors, javascriptHeap, arrayBuffers, files, stacks, nativeInUse, nativeFree, rest: total - named };
}

/**
 * Where the resident memory of this process is now.
 *
 * @returns undefined where the system does not tell: other than Linux, or without its /proc
 */
export function residentMemory(): ResidentMemory | undefined {
  let smaps: string;
  try {
    smaps = readFileSync('/proc/self/smaps', 'latin1'); // names of files may hold any byte
  } catch {
    return undefined;
  }
  const { heapTotal, arrayBuffers } = process.memoryUsage();
  return splitResident({
    mapped: mappedBytes(smaps),
    tensors: tf.memory().numBytes,
    javascriptHeap: heapTotal,
    arrayBuffers,
    allocator: findAllocator()?.allocatorMemory(),
  });
}
