import '@tensorflow/tfjs-backend-cpu';
import { oneHot, setBackend, tensor1d, tensor2d, tensor4d, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { conditionalInstanceNorm } from './conditional-instance-norm.js';
import { domainWeights, type DomainLabels } from './domain-weights.js';
import { concatenateLabels } from './label-maps.js';
import { requireDomains } from './network-arguments.js';

beforeAll(() => setBackend('cpu'));

const values = (f: () => Tensor): number[] => tidy(() => Array.from(f().dataSync()));
const norm = conditionalInstanceNorm('', { channels: 1, domains: 3 });
const layers: [string, (labels: DomainLabels) => Tensor][] = [
  ['concatenateLabels', (labels) => concatenateLabels(zeros([2, 1, 2, 1]), labels, 3)],
  ['conditionalInstanceNorm', (labels) => norm.apply({ weight: tensor2d([1, 2, 3], [3, 1]), bias: tensor2d([0, 1, -1], [3, 1]) }, tensor4d([1, 2, 3, 5], [2, 1, 2, 1]), labels)],
];

describe.each(layers)('%s', (_, layer) => {
  test.each<[string, () => DomainLabels]>([
    ['[batch]', () => tensor1d([2, 1], 'int32')],
    ['[batch, 1]', () => tensor2d([2, 1], [2, 1], 'int32')],
    ['[batch, domains], one-hot', () => oneHot(tensor1d([2, 1], 'int32'), 3)],
  ])('takes labels in a tensor %s as it takes an array', (__, labels) => {
    expect(values(() => layer(labels()))).toEqual(values(() => layer([2, 1])));
  });

  test('makes the sample NaN whose number is no domain, and no other', () => {
    const [wrong, right] = [0, 1].map((sample) => (list: number[]) => list.slice((sample * list.length) / 2, ((sample + 1) * list.length) / 2));
    const seen = values(() => layer(tensor1d([3, 1], 'int32')));
    expect(wrong!(seen)).toSatisfy((list: number[]) => list.some(Number.isNaN));
    expect(right!(seen)).toEqual(right!(values(() => layer([2, 1]))));
  });
});

test('weights may be soft', () => {
  expect(values(() => domainWeights('mine', tensor2d([0.25, 0.75], [1, 2]), 1, 2))).toEqual([0.25, 0.75]);
});

test('labels of another shape, and tensors where only an array will do, are refused by a sentence', () => {
  expect(() => tidy(() => domainWeights('mine', zeros([2, 4]), 2, 3))).toThrow('mine: domain must be [2] numbers or [2, 3] weights of domains, got [2, 4]');
  expect(() => tidy(() => requireDomains('mine', tensor1d([0], 'int32') as never, 1, 1))).toThrow('mine: domain must be an array of whole numbers, got a tensor; read it once with');
  expect(() => requireDomains('mine', undefined as never, 1, 1)).toThrow('mine: domain must be an array of whole numbers, got undefined');
});
