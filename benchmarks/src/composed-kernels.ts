import { getBackend, getKernel, getKernelsForBackend, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import type { KernelConfig } from '@tensorflow/tfjs-core';

const ours = (): KernelConfig[] => getKernelsForBackend(getBackend()).filter(({ kernelName }) => kernelName.startsWith('Stargan'));

/** Whether the backend brings fused kernels of its own for our operations. */
export function hasFusedKernels(): boolean {
  // Where it brings none, this one is never registered: the operation is another, which keeps its statistics.
  return getKernel('StarganInstanceNormalization', getBackend()) != null;
}

/** Runs something with our operations composed of TensorFlow's, as where the backend brings no kernels for them. */
export function withComposedKernels<Result>(run: () => Result): Result {
  const { kernels, backendName } = { kernels: ours(), backendName: getBackend() };
  const clear = (): void => ours().forEach(({ kernelName }) => unregisterKernel(kernelName, backendName));
  clear();
  try {
    return run();
  } finally {
    clear();
    kernels.forEach(registerKernel);
  }
}
