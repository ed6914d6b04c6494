import { dispose, memory, tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { concatenateLabels, conditionalInstanceNorm, initializeParameters, layerNorm, minibatchStdDev } from './index.js';
import { expectDerivatives, scattered } from './testing/differences.js';

const SHAPE = [4, 2, 1, 2];
const x = { values: scattered(16, 1), shape: SHAPE };
const mean = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0) / values.length;

function normalized(values: readonly number[]): number[] {
  const center = mean(values);
  const variance = mean(values.map((v) => (v - center) ** 2));
  return values.map((v) => (v - center) / Math.sqrt(variance + 1e-5));
}

/** Sample by sample, in rows of four values: two pixels of two channels. */
const samples = (values: readonly number[]): number[][] => [0, 4, 8, 12].map((start) => values.slice(start, start + 4));

describe('layer norm', () => {
  it('is float64’s in value, gradient and second derivative', () => {
    const layer = layerNorm('n', { channels: 2 });
    expectDerivatives(
      [x, { values: [1.5, -0.5], shape: [2] }, { values: [0.25, 1], shape: [2] }],
      (input, scale, shift) => layer.apply({ 'n.weight': scale, 'n.bias': shift }, input),
      (input, scale, shift) => samples(input).flatMap((sample) => normalized(sample).map((v, i) => v * scale[i % 2]! + shift[i % 2]!)),
    );
  });

  it('leaves no tensor behind but its output, and starts as plain normalisation', () => {
    const layer = layerNorm('', { channels: 2 });
    const parameters = initializeParameters(layer.specs, 1, 'n');
    const input = tensor(x.values, SHAPE);
    const before = memory().numTensors;
    const output = layer.apply(parameters, input);
    expect(memory().numTensors).toBe(before + 1);
    expect(mean(Array.from(output.dataSync()))).toBeCloseTo(0, 5);
    dispose([output, input, ...Object.values(parameters)]);
  });
});

describe('conditional instance norm', () => {
  const layer = conditionalInstanceNorm('n', { channels: 2, domains: 3 });
  const domain = [2, 0, 2, 1];

  it('is float64’s with each sample’s own scale and shift, in value, gradient and second derivative', () => {
    // Two pixels alone would be normalised to ± 1, with no derivative to speak of: four of them.
    const wide = { values: scattered(16, 3), shape: [2, 4, 1, 2] };
    const own = [2, 0];
    expectDerivatives(
      [wide, { values: scattered(6, 4), shape: [3, 2] }, { values: scattered(6, 5), shape: [3, 2] }],
      (input, scale, shift) => layer.apply({ 'n.weight': scale, 'n.bias': shift }, input, own),
      (input, scale, shift) => {
        const output = [...input];
        own.forEach((row, sample) => {
          for (const channel of [0, 1]) {
            const places = [0, 1, 2, 3].map((pixel) => sample * 8 + pixel * 2 + channel);
            normalized(places.map((place) => input[place]!)).forEach(
              (v, i) => (output[places[i]!] = v * scale[row * 2 + channel]! + shift[row * 2 + channel]!),
            );
          }
        });
        return output;
      },
    );
  });

  it('refuses domains that are none, and leaves no tensor behind but its output', () => {
    const parameters = initializeParameters(layer.specs, 1, 'n');
    const input = tensor(x.values, SHAPE);
    const before = memory().numTensors;
    const output = layer.apply(parameters, input, domain);
    expect(memory().numTensors).toBe(before + 1);
    expect(() => layer.apply(parameters, input, [0, 1, 2, 3])).toThrow(
      'conditionalInstanceNorm: domain must be a whole number from 0 to 2, got 3',
    );
    dispose([output, input, ...Object.values(parameters)]);
  });
});

describe('minibatch deviation', () => {
  it('is float64’s, with samples in groups as StyleGAN2 has them, in value, gradient and second derivative', () => {
    expectDerivatives(
      [x],
      (input) => minibatchStdDev(input, { groupSize: 2, maps: 2 }),
      (input) => {
        // Groups {0, 2} and {1, 3}; each map is the mean over pixels of one channel's deviation.
        const deviation = (group: number, channel: number): number =>
          mean(
            [0, 1].map((pixel) => {
              const pair = [group, group + 2].map((sample) => input[sample * 4 + pixel * 2 + channel]!);
              return Math.sqrt(mean(pair.map((v) => (v - mean(pair)) ** 2)) + 1e-8);
            }),
          );
        return samples(input).flatMap((sample, i) =>
          [0, 1].flatMap((pixel) => [...sample.slice(2 * pixel, 2 * pixel + 2), deviation(i % 2, 0), deviation(i % 2, 1)]),
        );
      },
    );
  });

  it('is nearly 0 for equal samples and grows with their differences', () => {
    tidy(() => {
      const one = scattered(4, 7);
      const at = (spread: number): number => minibatchStdDev(tensor([...one, ...one.map((v) => v + spread)], [2, 2, 1, 2])).dataSync()[2]!;
      expect(at(0)).toBeCloseTo(1e-4, 6);
      expect(at(1)).toBeCloseTo(0.5, 5);
      expect(at(4)).toBeCloseTo(2, 5);
    });
  });

  it('refuses groups and maps that do not fit, and leaves no tensor behind but its output', () => {
    const input = tensor(x.values, SHAPE);
    const before = memory().numTensors;
    const output = minibatchStdDev(input);
    expect(memory().numTensors).toBe(before + 1);
    expect(output.shape).toEqual([4, 2, 1, 3]);
    expect(() => minibatchStdDev(input, { groupSize: 3 })).toThrow(
      'minibatchStdDev: groupSize must divide the batch, got 3 for a batch of 4',
    );
    expect(() => minibatchStdDev(input, { maps: 3 })).toThrow('minibatchStdDev: maps must divide the channels, got 3 for 2');
    dispose([output, input]);
  });
});

describe('label maps', () => {
  it('append one-hot maps and pass gradients of both orders to the image', () => {
    expectDerivatives(
      [x],
      (input) => concatenateLabels(input, [2, 0, 1, 0], 3),
      (input) =>
        samples(input).flatMap((sample, i) =>
          [0, 1].flatMap((pixel) => [
            ...sample.slice(2 * pixel, 2 * pixel + 2),
            ...[0, 1, 2].map((label) => (label === [2, 0, 1, 0][i] ? 1 : 0)),
          ]),
        ),
    );
  });

  it('refuse labels that do not fit', () => {
    tidy(() => {
      expect(() => concatenateLabels(tensor(x.values, SHAPE), [0, 1], 3)).toThrow(
        'concatenateLabels: domain must hold one number per sample',
      );
    });
  });
});
