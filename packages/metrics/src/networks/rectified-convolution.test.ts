import {
  add,
  avgPool,
  batchNorm,
  conv2d,
  dispose,
  memory,
  ones,
  pad,
  randomNormal,
  randomUniform,
  relu,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { foldedConvolution } from './folded-convolution.js';
import { averageWithPadding, averageWithoutPadding } from './pooling.js';

const normal = (shape: number[], seed: number): Tensor4D =>
  randomNormal<Rank.R4>(shape as [number, number, number, number], 0, 1, 'float32', seed);

const largestDifference = (a: Tensor, b: Tensor): number => {
  expect(a.shape).toEqual(b.shape);
  const other = b.dataSync<'float32'>();
  return a.dataSync<'float32'>().reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
};

function stateOf(inChannels: number, outChannels: number, [height, width]: readonly [number, number]): Record<string, Tensor> {
  return {
    'layer.conv.weight': normal([height, width, inChannels, outChannels], 1),
    'layer.bn.weight': randomNormal([outChannels], 1, 0.5, 'float32', 2),
    'layer.bn.bias': randomNormal([outChannels], 0, 1, 'float32', 3),
    'layer.bn.running_mean': randomNormal([outChannels], 0, 1, 'float32', 4),
    'layer.bn.running_var': randomUniform([outChannels], 0.01, 2, 'float32', 5),
  };
}

const textbook = (x: Tensor4D, state: Record<string, Tensor>, stride: number, padding: 'same' | 'valid'): Tensor4D =>
  relu(
    batchNorm(
      conv2d(x, state['layer.conv.weight'] as Tensor4D, stride, padding),
      state['layer.bn.running_mean']!,
      state['layer.bn.running_var']!,
      state['layer.bn.bias'],
      state['layer.bn.weight'],
      1e-3,
    ) as Tensor4D,
  );

describe('foldedConvolution', () => {
  it.each([
    [[3, 3], 1, 'same'],
    [[3, 3], 2, 'valid'],
    [[1, 7], 1, 'same'],
    [[7, 1], 1, 'same'],
    [[1, 1], 1, 'same'],
  ] as const)('%j with stride %i and padding %s is convolution, batch normalisation and ReLU', (size, stride, padding) => {
    tidy(() => {
      const layer = foldedConvolution('layer', { inChannels: 5, outChannels: 7, size, stride, padding });
      const state = stateOf(5, 7, size);
      const x = normal([2, 9, 8, 5], 6);
      expect(largestDifference(layer.apply(layer.fold(state), x), textbook(x, state, stride, padding))).toBeLessThan(1e-4);
    });
  });

  it.each([
    ['counts no padding', averageWithoutPadding, (x: Tensor4D) => avgPool(x, 3, 1, 'same')],
    [
      'counts the padding',
      averageWithPadding,
      (x: Tensor4D) =>
        avgPool(
          pad(x, [
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ]),
          3,
          1,
          'valid',
        ),
    ],
  ] as const)('averages afterwards what could be averaged before, where it %s', (_, average, before) => {
    tidy(() => {
      const layer = foldedConvolution('layer', { inChannels: 6, outChannels: 3, size: [1, 1], average });
      const state = stateOf(6, 3, [1, 1]);
      const x = add<Tensor4D>(normal([2, 5, 4, 6], 6), 2);
      expect(largestDifference(layer.apply(layer.fold(state), x), textbook(before(x), state, 1, 'same'))).toBeLessThan(1e-4);
    });
  });

  it('differs at the border alone between the two averages', () => {
    tidy(() => {
      const flat = ones<Rank.R4>([1, 4, 4, 1]);
      expect(
        averageWithoutPadding(flat)
          .dataSync<'float32'>()
          .every((value) => Math.abs(value - 1) < 1e-6),
      ).toBe(true);
      const counted = [...averageWithPadding(flat).dataSync<'float32'>()].map((value) => Math.round(value * 9));
      expect(counted).toEqual([4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4]);
    });
  });

  it('leaves nothing behind but its output and its parameters', () => {
    const layer = foldedConvolution('layer', { inChannels: 6, outChannels: 3, size: [1, 1], average: averageWithPadding });
    const state = stateOf(6, 3, [1, 1]);
    const x = normal([2, 5, 4, 6], 6);
    const before = memory().numTensors;
    const parameters = layer.fold(state);
    expect(memory().numTensors).toBe(before + 2);
    const y = layer.apply(parameters, x);
    expect(memory().numTensors).toBe(before + 3);
    dispose([state, x, parameters, y]);
  });
});
