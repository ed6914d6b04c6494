import { memory, tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromTorchLayout,
  initializeParameters,
  parameter,
  parameterCount,
  torchShape,
  toTorchLayout,
  type ParameterSpec,
} from './index.js';

const dimension = fc.integer({ min: 1, max: 4 });
const specs = fc.oneof(
  fc.record({
    name: fc.constant('w'),
    kind: fc.constant('convolution' as const),
    shape: fc.tuple(dimension, dimension, dimension, dimension),
  }),
  fc.record({ name: fc.constant('w'), kind: fc.constant('linear' as const), shape: fc.tuple(dimension, dimension) }),
  fc.record({ name: fc.constant('w'), kind: fc.constantFrom('bias' as const, 'scale' as const), shape: fc.tuple(dimension) }),
);

const counting = (shape: readonly number[]): Float32Array => Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);

describe('layouts', () => {
  it('come back unchanged after the way to PyTorch and back', () => {
    fc.assert(
      fc.property(specs, (spec: ParameterSpec) => {
        tidy(() => {
          const values = tensor(counting(spec.shape), [...spec.shape]);
          const back = fromTorchLayout(spec, toTorchLayout(spec, values));
          expect(back.shape).toEqual(spec.shape);
          expect([...back.dataSync<'float32'>()]).toEqual([...values.dataSync<'float32'>()]);
        });
      }),
    );
  });

  it('put a convolution in the order out, in, height, width', () => {
    const spec: ParameterSpec = { name: 'w', kind: 'convolution', shape: [3, 2, 5, 7] };
    tidy(() => {
      const torch = toTorchLayout(spec, tensor(counting(spec.shape), [3, 2, 5, 7]));
      expect(torch.shape).toEqual([7, 5, 3, 2]);
      expect(torchShape(spec)).toEqual([7, 5, 3, 2]);
      // Value at height 1, width 0, in 4, out 6, counted in each layout.
      expect(torch.dataSync<'float32'>()[((6 * 5 + 4) * 3 + 1) * 2 + 0]).toBe(((1 * 2 + 0) * 5 + 4) * 7 + 6);
    });
  });

  it('refuse a tensor of another shape, naming both', () => {
    const spec: ParameterSpec = { name: 'fc.weight', kind: 'linear', shape: [2, 3] };
    expect(() => tidy(() => fromTorchLayout(spec, tensor(counting([2, 3]), [2, 3])))).toThrow(
      'fc.weight: expected shape [3, 2] (PyTorch layout), got [2, 3]',
    );
  });
});

describe('initializeParameters', () => {
  const wide: ParameterSpec[] = [
    { name: 'conv.weight', kind: 'convolution', shape: [3, 3, 32, 64] },
    { name: 'fc.weight', kind: 'linear', shape: [256, 128] },
    { name: 'bias', kind: 'bias', shape: [64] },
    { name: 'scale', kind: 'scale', shape: [64] },
  ];

  it('draws weights with variance 2 / fan-in, and sets biases to 0 and scales to 1', () => {
    tidy(() => {
      const made = initializeParameters(wide, 7, 'network');
      for (const [name, fanIn] of [
        ['conv.weight', 9 * 32],
        ['fc.weight', 256],
      ] as const) {
        const values = made[name]!.dataSync<'float32'>();
        const variance = values.reduce((sum, v) => sum + v * v, 0) / values.length;
        expect(Math.abs(variance * fanIn - 2)).toBeLessThan(5 * 2 * Math.sqrt(2 / values.length));
      }
      expect(new Set(made.bias!.dataSync<'float32'>())).toEqual(new Set([0]));
      expect(new Set(made.scale!.dataSync<'float32'>())).toEqual(new Set([1]));
    });
  });

  it('is a function of seed, stream and name alone', () => {
    tidy(() => {
      const values = (seed: number, stream: string, chosen: ParameterSpec[]): number[] => [
        ...initializeParameters(chosen, seed, stream)['fc.weight']!.dataSync<'float32'>(),
      ];
      const all = values(7, 'network', wide);
      expect(values(7, 'network', [wide[1]!])).toEqual(all);
      expect(values(8, 'network', wide)).not.toEqual(all);
      expect(values(7, 'other', wide)).not.toEqual(all);
    });
  });
});

describe('parameter records', () => {
  it('name the parameter that is missing', () => {
    expect(() => parameter({}, 'encode.0.conv1.weight')).toThrow('parameter encode.0.conv1.weight is missing');
  });

  it('are counted by values', () => {
    expect(
      parameterCount([
        { name: 'a', kind: 'convolution', shape: [3, 3, 2, 4] },
        { name: 'b', kind: 'bias', shape: [4] },
      ]),
    ).toBe(76);
  });

  it('leave nothing behind when disposed', () => {
    const before = memory().numTensors;
    const made = initializeParameters([{ name: 'w', kind: 'linear', shape: [4, 4] }], 1, 's');
    made.w!.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
