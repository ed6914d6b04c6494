import type { Tensor2D } from '@tensorflow/tfjs-core';
import { linear, type Layer } from '@stargan/layers';

/** Linear layers `prefix.0`, `prefix.2`, …: the odd numbers are the activations between them. */
export function perceptron(prefix: string, sizes: readonly number[]): Layer<[], Tensor2D>[] {
  return sizes.slice(1).map((outFeatures, i) => linear(`${prefix}.${2 * i}`, { inFeatures: sizes[i]!, outFeatures }));
}
