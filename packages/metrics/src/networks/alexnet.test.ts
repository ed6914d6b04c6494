import { dispose, memory, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { hashedImages } from '../testing/images.js';
import { hashedStateDict } from '../testing/hashed-values.js';
import { alexnet } from './alexnet.js';

const network = alexnet();

describe('alexnet', () => {
  it('has the keys and shapes of the convolutions of torchvision', () => {
    expect(network.specs.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['features.0.weight', 11, 11, 3, 64],
      ['features.0.bias', 64],
      ['features.3.weight', 5, 5, 64, 192],
      ['features.3.bias', 192],
      ['features.6.weight', 3, 3, 192, 384],
      ['features.6.bias', 384],
      ['features.8.weight', 3, 3, 384, 256],
      ['features.8.bias', 256],
      ['features.10.weight', 3, 3, 256, 256],
      ['features.10.bias', 256],
    ]);
  });

  it('gives the maps of PyTorch, and nothing else is left behind', () => {
    const parameters = network.load(hashedStateDict(network.specs));
    const image = hashedImages('image', [2, 64, 53]);
    const before = memory().numTensors;
    const maps = network.apply(parameters, image);
    expect(memory().numTensors).toBe(before + 5);
    expect(maps.map(({ shape }) => shape)).toEqual([
      [2, 15, 12, 64],
      [2, 7, 5, 192],
      [2, 3, 2, 384],
      [2, 3, 2, 256],
      [2, 3, 2, 256],
    ]);
    // Means of all values, of PyTorch 2.13 with the hashed weights and images.
    const means = [0.321642, 0.481378, 0.654083, 0.47289, 0.343361];
    maps.forEach((map, i) => expect(map.dataSync<'float32'>().reduce((sum, value) => sum + value, 0) / map.size).toBeCloseTo(means[i]!, 5));
    dispose([parameters, image, maps]);
  });

  it('skips the classifier, but nothing else', () => {
    const state = { ...hashedStateDict(network.specs), 'classifier.6.bias': { shape: [1000], data: new Float32Array(1000) } };
    dispose(network.load(state));
    expect(() => network.load({ ...state, 'features.12.weight': { shape: [1], data: [0] } })).toThrow(
      'alexnet: the weights hold features.12.weight, which this network does not have',
    );
  });

  it('refuses images that it cannot see', () => {
    const small = tensor(new Float32Array(30 * 40 * 3), [1, 30, 40, 3]);
    expect(() => network.apply({}, small)).toThrow(
      'alexnet: image must be [batch, height, width, 3] with at least 31×31 pixels, got [1, 30, 40, 3]',
    );
    small.dispose();
  });
});
