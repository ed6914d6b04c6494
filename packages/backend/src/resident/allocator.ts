import * as tf from '@tensorflow/tfjs-core';

/** What the addon tells of native memory. */
export interface Allocator {
  /** Bytes that were given out, and that are kept for later, by the C library and by the pool of pages. */
  allocatorMemory(): { readonly inUse: number; readonly free: number };
}

/** The allocator of the runtime in use; undefined without a native runtime, or where its addon does not know it: it needs glibc 2.33. */
export function findAllocator(): Allocator | undefined {
  const binding = nativeBinding();
  return typeof binding?.allocatorMemory === 'function' ? (binding as Allocator) : undefined;
}

/** Whether tensors of the native runtime in use lie in a pool of pages. */
export const hasPagedBlocks = (): boolean => nativeBinding()?.pagedBlocks === true;

function nativeBinding(): Partial<Allocator & { readonly pagedBlocks: boolean }> | undefined {
  if (tf.getBackend() !== 'tensorflow') return undefined;
  return (tf.backend() as unknown as { readonly binding: Partial<Allocator> }).binding;
}
