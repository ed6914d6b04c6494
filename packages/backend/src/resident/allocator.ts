import * as tf from '@tensorflow/tfjs-core';

/** What the addon tells of the C library's allocator, and tells it. */
export interface Allocator {
  /** Bytes that it has given out, and that it keeps for later. */
  allocatorMemory(): { readonly inUse: number; readonly free: number };
  /** From now on, blocks of so many bytes and more go back to the system as soon as they are free. Whether it could be set. */
  returnBlocks(bytes: number): boolean;
}

/** The allocator of the runtime in use; undefined without a native runtime, or where its addon does not know it: it needs glibc 2.33. */
export function findAllocator(): Allocator | undefined {
  if (tf.getBackend() !== 'tensorflow') return undefined;
  const { binding } = tf.backend() as unknown as { readonly binding: Partial<Allocator> };
  return typeof binding.allocatorMemory === 'function' ? (binding as Allocator) : undefined;
}
