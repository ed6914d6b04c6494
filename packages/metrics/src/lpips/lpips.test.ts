import { dispose, memory, tidy, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashedImages } from '../testing/images.js';
import { hashedStateDict, hashedUnits } from '../testing/hashed-values.js';
import type { StateDict } from '../networks/state-dict.js';
import { lpips } from './lpips.js';

const distance = lpips();
const original = lpips({ normalization: 'original' });
const heads: StateDict = Object.fromEntries(
  distance.specs.heads.map(({ name, shape }) => [name, { shape: [1, shape[2]!, 1, 1], data: hashedUnits(name, shape[2]!) }]),
);
const alexnet = hashedStateDict(distance.specs.alexnet);

/** [batch, layer] of PyTorch 2.13 with the hashed weights, for the images called `image` and `other`. */
const torchResult = [
  [0.6405856, 0.1330593, 0.0516762, 0.0436724, 0.0475797],
  [0.6696002, 0.1325712, 0.0582685, 0.057503, 0.0524352],
];

describe('lpips', () => {
  let parameters: Record<string, Tensor>;
  let a: Tensor;
  let b: Tensor;
  let c: Tensor;
  beforeAll(() => {
    parameters = distance.load({ alexnet, heads });
    [a, b, c] = ['image', 'other', 'third'].map((name) => hashedImages(name, [2, 64, 53])) as [Tensor, Tensor, Tensor];
  });
  afterAll(() => dispose([parameters, a, b, c]));
  const values = (make: () => Tensor): number[] => [...tidy(make).dataSync<'float32'>()];

  it.each([
    ['stargan2', distance],
    ['original', original],
  ] as const)('gives the distances of PyTorch in each layer, normalised as in %s', (_, metric) => {
    const layers = values(() => metric.layerDistances(parameters, metric.features(parameters, a), metric.features(parameters, b)));
    layers.forEach((value, i) => expect(value).toBeCloseTo(torchResult.flat()[i]!, 6));
    const totals = values(() => metric.apply(parameters, a, b));
    totals.forEach((total, i) =>
      expect(total).toBeCloseTo(
        torchResult[i]!.reduce((sum, value) => sum + value, 0),
        5,
      ),
    );
  });

  it('is zero for equal images and the same both ways', () => {
    expect(values(() => distance.apply(parameters, a, a))).toEqual([0, 0]);
    expect(values(() => distance.apply(parameters, a, b))).toEqual(values(() => distance.apply(parameters, b, a)));
  });

  it('stays finite where all features are zero', () => {
    const dead = Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, name.startsWith('lin') ? value : zerosLike(value)]),
    );
    for (const metric of [distance, original]) expect(values(() => metric.apply(dead, a, b))).toEqual([0, 0]);
    dispose(Object.entries(dead).flatMap(([name, value]) => (name.startsWith('lin') ? [] : [value])));
  });

  it('has the mean over all pairs that the pairs have', () => {
    const pairs = [
      [a, b],
      [a, c],
      [b, c],
    ] as const;
    const each = pairs.map(([x, y]) => values(() => distance.apply(parameters, x, y)));
    const means = values(() => distance.meanOverPairs(parameters, [a, b, c]));
    means.forEach((mean, i) => expect(mean).toBeCloseTo((each[0]![i]! + each[1]![i]! + each[2]![i]!) / 3, 6));
    values(() => distance.meanOverPairs(parameters, [a, b])).forEach((mean, i) => expect(mean).toBeCloseTo(each[0]![i]!, 6));
  });

  it('reads the heads under the names of the reference too', () => {
    const renamed = Object.fromEntries(Object.values(heads).map((entry, i) => [`lpips_weights.${i}.main.1.weight`, entry]));
    const loaded = distance.load({ alexnet, heads: renamed });
    expect(Object.keys(loaded)).toEqual(Object.keys(parameters));
    dispose(loaded);
  });

  it('leaves nothing behind but what it returns', () => {
    const before = memory().numTensors;
    const kept = [distance.apply(parameters, a, b), distance.meanOverPairs(parameters, [a, b])];
    expect(memory().numTensors).toBe(before + 2);
    const features = distance.features(parameters, a);
    expect(memory().numTensors).toBe(before + 7);
    dispose([kept, [...features]]);
    expect(() => distance.load({ alexnet, heads: {} })).toThrow('lpips: the weights lack lin0.model.1.weight');
    expect(memory().numTensors).toBe(before);
  });

  it('names what is wrong with its arguments', () => {
    const wide = hashedImages('wide', [2, 64, 54]);
    expect(() => distance.apply(parameters, a, wide)).toThrow(
      'lpips: both images must have the same shape, got [2, 64, 53, 3] and [2, 64, 54, 3]',
    );
    expect(() => distance.meanOverPairs(parameters, [a])).toThrow('lpips: samples must be at least two, got 1');
    expect(() => lpips({ normalization: 'none' as 'original' })).toThrow('lpips: normalization must be stargan2 or original, got none');
    wide.dispose();
  });
});
