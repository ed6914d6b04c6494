import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterSpec } from '@stargan/layers';
import { inception, type Inception, type InceptionLayout, type StateDict } from '@stargan/metrics';
import { normalArray, randomStream } from '@stargan/random';

/** A prime number, so that no two filters are the same. */
const DRAWN = 65_537;

/**
 * Inception with parameters that cost next to nothing to make: some numbers are drawn and repeated, where its own initial ones are 24
 * million draws. What is measured takes as long with any.
 */
export function madeUpInception(layout: InceptionLayout): { readonly network: Inception; readonly parameters: Record<string, Tensor> } {
  const network = inception({ layout });
  const drawn = normalArray(DRAWN, randomStream(1, 'made-up inception'));
  const state: StateDict = Object.fromEntries(network.specs.map((spec) => [spec.name, entry(spec, drawn)]));
  return { network, parameters: network.load(state) };
}

/** A parameter as PyTorch stores it, of the spread that initial ones have. */
function entry({ kind, shape }: ParameterSpec, drawn: Float32Array): StateDict[string] {
  const size = shape.reduce((product, side) => product * side, 1);
  if (kind !== 'convolution') return { shape, data: new Float32Array(size).fill(kind === 'scale' ? 1 : 0) };
  const [height, width, inChannels, outChannels] = shape as [number, number, number, number];
  const deviation = Math.sqrt(2 / (size / outChannels));
  const scaled = drawn.map((value) => value * deviation);
  const data = new Float32Array(size);
  for (let start = 0; start < size; start += DRAWN) data.set(scaled.subarray(0, size - start), start);
  return { shape: [outChannels, inChannels, height, width], data };
}
