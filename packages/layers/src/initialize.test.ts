import { describe, expect, it } from 'vitest';
import { adain } from './adain.js';
import { convolution } from './convolution.js';
import { initializeParameters } from './initialize.js';
import { instanceNorm } from './instance-norm.js';
import { linear } from './linear.js';

describe('initializeParameters', () => {
  it('gives weights the deviation √(2 / fan-in), biases zeros and scales ones', () => {
    const { specs } = convolution('c', { inChannels: 16, outChannels: 64, size: 3 });
    const parameters = initializeParameters([...specs, ...instanceNorm('n', { channels: 3 }).specs], 1, 'test');
    const weights = parameters['c.weight']!.dataSync<'float32'>();
    const deviation = Math.sqrt(weights.reduce((sum, value) => sum + value ** 2, 0) / weights.length);
    // The standard error of a deviation of 9,216 values is 0.7 %.
    expect(deviation / Math.sqrt(2 / (16 * 9))).toBeCloseTo(1, 1.3);
    expect([...parameters['c.bias']!.dataSync()]).toEqual(new Array(64).fill(0));
    expect([...parameters['n.weight']!.dataSync()]).toEqual([1, 1, 1]);
  });

  it('makes a parameter of its name, the seed and the stream alone', () => {
    const [alone, beside] = [linear('a', { inFeatures: 2, outFeatures: 3 }).specs, linear('b', { inFeatures: 2, outFeatures: 3 }).specs];
    const values = (parameters: ReturnType<typeof initializeParameters>): number[] => [...parameters['a.weight']!.dataSync()];
    const made = values(initializeParameters(alone, 1, 'test'));
    expect(values(initializeParameters([...beside, ...alone], 1, 'test'))).toEqual(made);
    expect(values(initializeParameters(alone, 2, 'test'))).not.toEqual(made);
    expect(values(initializeParameters(alone, 1, 'other'))).not.toEqual(made);
    expect([...initializeParameters(beside, 1, 'test')['b.weight']!.dataSync()]).not.toEqual(made);
  });

  it.each([
    ['no channels', instanceNorm('n', { channels: 0 }), 'n.weight must have a shape of whole numbers ≥ 1, got [0]'],
    ['half a channel', adain('a', { channels: 1.25, styleDim: 4 }), 'a.fc.weight must have a shape of whole numbers ≥ 1, got [4, 2.5]'],
    ['fewer than none', linear('l', { inFeatures: -1, outFeatures: 2 }), 'l.weight must have a shape of whole numbers ≥ 1, got [-1, 2]'],
    [
      'what is no number',
      linear('l', { inFeatures: 2, outFeatures: NaN }),
      'l.weight must have a shape of whole numbers ≥ 1, got [2, NaN]',
    ],
  ])('names the parameter of a layer with %s', (_, { specs }, message) => {
    expect(() => initializeParameters(specs, 1, 'test')).toThrow(message);
  });
});
