import { createRequire } from 'node:module';
import { fusedOperations, type FusedOperation } from '@stargan/ops/fused';
import * as tf from '@tensorflow/tfjs-core';
import { chooseKernels } from './install/choose-kernels.js';
import { levelOf } from './install/kernel-targets.js';
import type { UsableBuild } from './install/kernels-stamp.js';
import { launchNative, type NativeBackend } from './launch-native.js';
import type { System } from './machine/system.js';
import type { ResolvedPackage } from './resolve-package.js';
import type { FusedKernels } from './runtime.js';

/**
 * Loads the fused kernels into TensorFlow and registers them with tfjs-core as kernels of the `tensorflow` backend.
 *
 * What a kernel reads and gives is said by its descriptor in `@stargan/ops/fused`. Operations find it by its name in
 * the registry: `@stargan/ops` registers a kernel composed of ordinary operations under each name unless one is there,
 * and `@stargan/optimizers` looks there for its own. A kernel for another backend can be put in the same place.
 */
export async function loadFusedKernels(target: ResolvedPackage, system: System): Promise<FusedKernels> {
  const found = await findKernels(target, system);
  if ('why' in found) return { available: false, ...found };
  try {
    const { operations } = createRequire(import.meta.url)(found.file) as { operations: string[] };
    for (const operation of fusedOperations) if (operations.includes(operation.kernelName)) registerFused(operation);
    return { available: true, level: levelOf(found.target) };
  } catch (error) {
    return { available: false, why: error instanceof Error ? error.message : String(error) };
  }
}

/** Says whether {@link loadFusedKernels} would find kernels, without loading them into this process. */
export async function inspectFusedKernels(target: ResolvedPackage, system: System): Promise<FusedKernels> {
  const found = await findKernels(target, system);
  return 'why' in found ? { available: false, ...found } : { available: true, level: levelOf(found.target) };
}

async function findKernels(target: ResolvedPackage, system: System): Promise<UsableBuild | { readonly why: string }> {
  if (system.env.STARGAN_NATIVE_KERNELS === '0') return { why: 'STARGAN_NATIVE_KERNELS=0' };
  return chooseKernels(target, system);
}

/** Makes tensorflow.js run the kernel of a fused operation, which TensorFlow has loaded. */
export function registerFused(operation: FusedOperation): void {
  const place = { kernelName: operation.kernelName, backendName: 'tensorflow' };
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs, backend }) =>
    launchNative(operation, backend as NativeBackend, inputs, (attrs ?? {}) as Record<string, number>);
  // One that was composed before this runtime was selected; registering over it would print a warning.
  if (tf.getKernel(place.kernelName, place.backendName) != null) tf.unregisterKernel(place.kernelName, place.backendName);
  tf.registerKernel({ ...place, kernelFunc });
}
