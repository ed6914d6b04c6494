import { getBackend, getKernel, getKernelsForBackend, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { fusedOperations } from '@stargan/ops/fused';

/** Whether the backend brings fused kernels of its own for our operations. */
export function hasFusedKernels(): boolean {
  // Kernels that take lists have no composed one that could stand in the same place.
  return fusedOperations.some(({ kernelName, lists }) => lists !== undefined && getKernel(kernelName, getBackend()) != null);
}

/** Runs something with our operations composed of TensorFlow's, as where the backend brings no kernels for them. */
export function withComposedKernels<Result>(run: () => Result): Result {
  const backendName = getBackend();
  const before = new Set(getKernelsForBackend(backendName));
  const isFused = ({ kernelName }: KernelConfig): boolean => fusedOperations.some((operation) => operation.kernelName === kernelName);
  const fused = [...before].filter(isFused);
  for (const { kernelName } of fused) unregisterKernel(kernelName, backendName);
  try {
    return run();
  } finally {
    for (const kernel of getKernelsForBackend(backendName)) if (!before.has(kernel)) unregisterKernel(kernel.kernelName, backendName);
    fused.forEach(registerKernel);
  }
}
