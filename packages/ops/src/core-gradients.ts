import { getGradient, registerGradient } from '@tensorflow/tfjs-core';
import { gradientTable } from './gradients/table.js';

/** Kernels that are given a gradient here when tensorflow.js brings none. */
export const coreGradientKernels: readonly string[] = gradientTable.map(({ kernelName }) => kernelName);

/**
 * `@tensorflow/tfjs-core` alone has no gradients of its own operations in Node.js: they come with
 * `@tensorflow/tfjs`, `tfjs-layers` or `tfjs-node`. This adds the missing ones and leaves the others alone.
 */
export function fillInCoreGradients(): void {
  for (const config of gradientTable) {
    if (getGradient(config.kernelName) == null) registerGradient(config);
  }
}
