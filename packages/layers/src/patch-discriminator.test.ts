import { dispose, memory, pad, slice, square, sum, tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { averagePool2x2, valueAndGradients, type Parameters } from '@stargan/ops';
import { describe, expect, it } from 'vitest';
import { initializeParameters, multiScaleDiscriminator, patchDiscriminator, type Layer } from './index.js';
import { expectDerivatives, scattered } from './testing/differences.js';
import { largest, largestDifference } from './testing/compare.js';

const lrelu = (v: number): number => (v > 0 ? v : 0.2 * v);

/** 4×4 convolution of one image [size, size, inChannels] with padding 1, in float64. */
function convolve64(
  x: readonly number[],
  size: number,
  filter: readonly number[],
  bias: readonly number[],
  inChannels: number,
  stride: number,
): number[] {
  const out = Math.floor((size - 2) / stride) + 1;
  const result: number[] = [];
  for (let row = 0; row < out; row++) {
    for (let column = 0; column < out; column++) {
      bias.forEach((offset, to) => {
        let total = offset;
        for (let tap = 0; tap < 16; tap++) {
          const r = row * stride + Math.floor(tap / 4) - 1;
          const c = column * stride + (tap % 4) - 1;
          if (r < 0 || c < 0 || r >= size || c >= size) continue;
          for (let from = 0; from < inChannels; from++)
            total += x[(r * size + c) * inChannels + from]! * filter[(tap * inChannels + from) * bias.length + to]!;
        }
        result.push(total);
      });
    }
  }
  return result;
}

describe('the patch discriminator', () => {
  it('is float64’s in value, gradient and second derivative', () => {
    const layer = patchDiscriminator('d', { inChannels: 1, width: 1, levels: 1, normalize: false });
    const names = layer.specs.map(({ name }) => name);
    expectDerivatives(
      [
        { values: scattered(64, 1), shape: [1, 8, 8, 1] },
        ...layer.specs.map(({ shape }, i) => ({
          values: scattered(
            shape.reduce((a, b) => a * b, 1),
            20 + i,
          ),
          shape,
        })),
      ],
      (image, ...weights) => layer.apply(Object.fromEntries(names.map((name, i) => [name, weights[i]!])), image),
      (image, w1, b1, w2, b2, w3, b3) => {
        const first = convolve64(image, 8, w1, b1, 1, 2).map(lrelu);
        const second = convolve64(first, 4, w2, b2, 1, 1).map(lrelu);
        return convolve64(second, 3, w3, b3, 2, 1);
      },
    );
  });

  it('has the shapes and parameter names of the PyTorch code it follows', () => {
    tidy(() => {
      const layer = patchDiscriminator('model', { width: 2 });
      expect(layer.specs.filter(({ kind }) => kind === 'convolution').map(({ name, shape }) => `${name} ${shape.join('×')}`)).toEqual([
        'model.0.weight 4×4×3×2',
        'model.2.weight 4×4×2×4',
        'model.5.weight 4×4×4×8',
        'model.8.weight 4×4×8×16',
        'model.11.weight 4×4×16×1',
      ]);
      expect(layer.apply(initializeParameters(layer.specs, 1, 'd'), tensor(scattered(64 * 64 * 3, 1), [1, 64, 64, 3])).shape).toEqual([
        1, 6, 6, 1,
      ]);
    });
  });

  it('with normalisation gives every inner parameter a gradient but the biases that have no effect', () => {
    tidy(() => {
      const layer = patchDiscriminator('', { width: 2, levels: 2 });
      const parameters = initializeParameters(layer.specs, 1, 'd');
      const image = tensor4d(scattered(2 * 32 * 32 * 3, 1), [2, 32, 32, 3]);
      const { gradients } = valueAndGradients((p) => sum(square(layer.apply(p, image))), parameters);
      const silent = Object.entries(gradients)
        .filter(([, g]) => largest(g) === 0)
        .map(([name]) => name);
      expect(silent).toEqual(['2.bias', '5.bias']);
    });
  });

  it('sees a patch and no more: what is far away does not change a logit', () => {
    tidy(() => {
      const layer = patchDiscriminator('', { inChannels: 1, width: 2, levels: 1, normalize: false });
      const parameters = initializeParameters(layer.specs, 1, 'd');
      const inner: Tensor4D = tensor4d(scattered(256, 3), [1, 16, 16, 1]);
      const before = layer.apply(
        parameters,
        pad(inner, [
          [0, 0],
          [0, 16],
          [0, 16],
          [0, 0],
        ]),
      );
      const after = layer.apply(
        parameters,
        pad(
          inner,
          [
            [0, 0],
            [0, 16],
            [0, 16],
            [0, 0],
          ],
          1,
        ),
      );
      // Logit i sees the 16 pixels from 2i − 5 on, so i = 2 is the last one that sees none of the border.
      const corner = (map: Tensor): Tensor => slice(map, [0, 0, 0, 0], [1, 3, 3, 1]);
      expect(largestDifference(corner(before), corner(after))).toBe(0);
      expect(largestDifference(before, after)).toBeGreaterThan(0.01);
    });
  });

  it('refuses sizes that are none, and leaves no tensor behind but its output', () => {
    expect(() => patchDiscriminator('', { levels: 0 })).toThrow('patchDiscriminator: levels must be a whole number ≥ 1, got 0');
    const layer = patchDiscriminator('', { width: 2 });
    const parameters = initializeParameters(layer.specs, 1, 'd');
    const image = tensor(scattered(32 * 32 * 3, 1), [1, 32, 32, 3]);
    const before = memory().numTensors;
    const output = layer.apply(parameters, image);
    expect(memory().numTensors).toBe(before + 1);
    dispose([output, image, ...Object.values(parameters)]);
  });
});

describe('the multi-scale discriminator', () => {
  const head = (prefix: string): Layer => patchDiscriminator(prefix, { width: 2, levels: 2 });

  it('is its heads at full, half and quarter resolution', () => {
    const discriminator = multiScaleDiscriminator('d', 3, head);
    const parameters: Parameters = initializeParameters(discriminator.specs, 1, 'd');
    const image = tensor4d(scattered(64 * 64 * 3, 1), [1, 64, 64, 3]);
    const before = memory().numTensors;
    const maps = discriminator.apply(parameters, image);
    expect(memory().numTensors).toBe(before + 3);
    expect(maps.map(({ shape }) => shape.slice(1, 3))).toEqual([
      [14, 14],
      [6, 6],
      [2, 2],
    ]);
    tidy(() => {
      const quarter = averagePool2x2(averagePool2x2(image));
      expect(largestDifference(maps[2]!, head('d.2').apply(parameters, quarter))).toBe(0);
    });
    expect(new Set(discriminator.specs.map(({ name }) => name)).size).toBe(discriminator.specs.length);
    dispose([...maps, image, ...Object.values(parameters)]);
  });
});
