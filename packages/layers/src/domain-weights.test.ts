import '@tensorflow/tfjs-backend-cpu';
import { mul, oneHot, setBackend, tensor1d, tensor2d, tensor4d, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { conditionalInstanceNorm } from './conditional-instance-norm.js';
import { domainWeights, type DomainLabels } from './domain-weights.js';
import { concatenateLabels } from './label-maps.js';
import { requireDomainLabels } from './network-arguments.js';
import { applyPerDomain, rowsOfDomains, valuesOfDomains, type Head } from './per-domain.js';

beforeAll(() => setBackend('cpu'));

const values = (f: () => Tensor): number[] => tidy(() => Array.from(f().dataSync()));
const norm = conditionalInstanceNorm('', { channels: 1, domains: 3 });
const table = (): Tensor2D => tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
const heads = [1, 2, 3].map(
  (factor): Head =>
    (_, x) =>
      mul(x, factor),
);
const layers: [string, (labels: DomainLabels) => Tensor][] = [
  ['concatenateLabels', (labels) => concatenateLabels(zeros([2, 1, 2, 1]), labels, 3)],
  [
    'conditionalInstanceNorm',
    (labels) =>
      norm.apply({ weight: tensor2d([1, 2, 3], [3, 1]), bias: tensor2d([0, 1, -1], [3, 1]) }, tensor4d([1, 2, 3, 5], [2, 1, 2, 1]), labels),
  ],
  ['applyPerDomain', (labels) => applyPerDomain(heads, {}, tensor2d([1, 2, 3, 4], [2, 2]), labels)],
  ['rowsOfDomains', (labels) => rowsOfDomains(table(), labels, 2)],
  ['valuesOfDomains', (labels) => valuesOfDomains(tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), labels)],
];

describe.each(layers)('%s', (_, layer) => {
  test.each<[string, () => DomainLabels]>([
    ['[batch]', () => tensor1d([2, 1], 'int32')],
    ['[batch, 1]', () => tensor2d([2, 1], [2, 1], 'int32')],
    ['as a typed array', () => Int32Array.of(2, 1)],
    ['[batch, domains], one-hot', () => oneHot(tensor1d([2, 1], 'int32'), 3)],
  ])('takes labels %s as it takes an array', (__, labels) => {
    expect(values(() => layer(labels()))).toEqual(values(() => layer([2, 1])));
  });

  test('makes the sample NaN whose number is no domain, and no other', () => {
    const [wrong, right] = [0, 1].map(
      (sample) => (list: number[]) => list.slice((sample * list.length) / 2, ((sample + 1) * list.length) / 2),
    );
    const seen = values(() => layer(tensor1d([3, 1], 'int32')));
    expect(wrong!(seen)).toSatisfy((list: number[]) => list.some(Number.isNaN));
    expect(right!(seen)).toEqual(right!(values(() => layer([2, 1]))));
  });
});

test('weights may be soft', () => {
  expect(values(() => domainWeights('mine', tensor2d([0.25, 0.75], [1, 2]), 1, 2))).toEqual([0.25, 0.75]);
});

test('labels of another shape, and what are none, are refused by a sentence', () => {
  expect(() => tidy(() => domainWeights('mine', zeros([2, 4]), 2, 3))).toThrow(
    'mine: domain must be [2] numbers or [2, 3] weights of domains, got float32 [2, 4]',
  );
  expect(() => tidy(() => requireDomainLabels('mine', tensor1d(['a']), 1, 1))).toThrow(
    'mine: domain must be [1] numbers or [1, 1] weights of domains, got string [1]',
  );
  expect(() => requireDomainLabels('mine', Promise.resolve([0]) as never, 1, 1)).toThrow(
    'mine: domain must be a tensor or an array of whole numbers, got a promise; await it first',
  );
  expect(() => requireDomainLabels('mine', undefined as never, 1, 1)).toThrow(
    'mine: domain must be a tensor or an array of whole numbers, got undefined',
  );
});
