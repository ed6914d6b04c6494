import { dispose, memory, tensor } from '@tensorflow/tfjs-core';
import type { ParameterSpec } from '@stargan/layers';
import { describe, expect, it } from 'vitest';
import { readStateDict, type StateDict } from './state-dict.js';

const specs: ParameterSpec[] = [
  { name: 'conv.weight', kind: 'convolution', shape: [1, 2, 3, 4] },
  { name: 'conv.bias', kind: 'bias', shape: [4] },
];
const numbers = Array.from({ length: 24 }, (_, i) => i);
const good: StateDict = { 'conv.weight': { shape: [4, 3, 1, 2], data: numbers }, 'conv.bias': { shape: [4], data: new Float64Array(4) } };

describe('readStateDict', () => {
  it('reads arrays and tensors alike, in the layout of TensorFlow, and keeps the tensors given', () => {
    const given = tensor(numbers, [4, 3, 1, 2]);
    const before = memory().numTensors;
    const read = [readStateDict('net', specs, good), readStateDict('net', specs, { ...good, 'conv.weight': given })];
    expect(memory().numTensors).toBe(before + 4);
    for (const { 'conv.weight': weight } of read) {
      expect(weight!.shape).toEqual([1, 2, 3, 4]);
      // Output channel 1, input channel 2, second column: 6 · 1 + 2 · 2 + 1.
      expect(weight!.dataSync<'float32'>()[(1 * 3 + 2) * 4 + 1]).toBe(11);
    }
    expect(given.isDisposed).toBe(false);
    dispose([read, given]);
  });

  it.each<[string, StateDict, string]>([
    ['a missing key', { 'conv.bias': good['conv.bias']! }, 'net: the weights lack conv.weight; they hold conv.bias'],
    ['no keys', {}, 'net: the weights lack conv.weight, conv.bias; they are empty'],
    ['keys in a wrapper', { 'module.conv.weight': good['conv.weight']! }, 'they hold module.conv.weight'],
    ['an unexpected key', { ...good, extra: { shape: [1], data: [0] } }, 'net: the weights hold extra, which this network does not have'],
    [
      'another shape',
      { ...good, 'conv.bias': { shape: [5], data: [0, 0, 0, 0, 0] } },
      'net: conv.bias must have shape [4] (PyTorch layout), got [5]',
    ],
    [
      'our own layout',
      { ...good, 'conv.weight': { shape: [1, 2, 3, 4], data: numbers } },
      'net: conv.weight must have shape [4, 3, 1, 2] (PyTorch layout), got [1, 2, 3, 4]',
    ],
    ['too few values', { ...good, 'conv.bias': { shape: [4], data: [0] } }, 'net: conv.bias of shape [4] must hold 4 values, got 1'],
    [
      'whole numbers of 64 bits',
      { ...good, 'conv.bias': { shape: [4], data: new BigInt64Array(4) } },
      'net: conv.bias must hold floating-point numbers, got 64-bit integers',
    ],
  ])('names %s, and leaves nothing behind', (_, state, message) => {
    const before = memory().numTensors;
    expect(() => readStateDict('net', specs, state)).toThrow(message);
    expect(memory().numTensors).toBe(before);
  });

  it('does not take inherited properties for entries', () => {
    expect(() => readStateDict('net', [{ name: 'constructor', kind: 'bias', shape: [1] }], {})).toThrow(
      'net: the weights lack constructor',
    );
  });

  it('names three of many keys', () => {
    const many = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, { shape: [1], data: [0] }]));
    expect(() => readStateDict('net', [], many)).toThrow('net: the weights hold a, b, c and 2 more,');
  });
});
