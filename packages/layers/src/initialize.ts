import { ones, tensor, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { normalArray, randomStream } from '@stargan/random';
import type { ParameterSpec } from './parameter-spec.js';

/**
 * Initial parameters: He normal (fan-in, gain √2) for convolution and linear weights, zeros for biases and
 * ones for scales. A pure function of seed, stream and each parameter's name, so that adding a parameter
 * changes no other.
 *
 * Source: He et al., arXiv 1502.01852.
 *
 * @param specs the parameters to make
 * @param seed whole number ≥ 0
 * @param stream keeps networks with equal parameter names apart
 * @throws naming the parameter whose shape is not of whole numbers ≥ 1
 */
export function initializeParameters(specs: readonly ParameterSpec[], seed: number, stream: string): Record<string, Tensor> {
  return Object.fromEntries(specs.map((spec) => [spec.name, initialize(spec, seed, stream)]));
}

function initialize({ name, kind, shape }: ParameterSpec, seed: number, stream: string): Tensor {
  if (!shape.every((side) => Number.isInteger(side) && side >= 1)) {
    throw new Error(`initializeParameters: ${name} must have a shape of whole numbers ≥ 1, got [${shape.join(', ')}]`);
  }
  switch (kind) {
    case 'bias':
      return zeros([...shape]);
    case 'scale':
      return ones([...shape]);
    case 'convolution':
    case 'linear': {
      const size = shape.reduce((product, n) => product * n, 1);
      const fanIn = size / shape[shape.length - 1]!;
      const deviation = Math.sqrt(2 / fanIn);
      const values = normalArray(size, randomStream(seed, `initialize/${stream}/${name}`));
      for (let i = 0; i < size; i++) values[i]! *= deviation;
      return tensor(values, [...shape]);
    }
  }
}
