import { tensor1d, tensor4d, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { adjustBrightness, adjustContrast, adjustSaturation, cutOut, cutoutSize, shiftPixels } from './index.js';
import { selectBackend } from './testing/backends.js';
import { describeOperation } from './testing/derivatives.js';
import { brightness64, contrast64, cutOut64, saturation64, translate64, type Size } from './testing/images64.js';
import { mean64, scattered, valuesOf, worstError } from './testing/numbers.js';

const SIZE: Size = [4, 3, 2];
const SHAPE = [2, ...SIZE] as const;
const PIXELS = 24;

/** An operation of one image, with parameters of its own for each of the two. */
const each =
  (one: (image: number[], i: number) => number[]) =>
  (images: number[]): number[] =>
    [images.slice(0, PIXELS), images.slice(PIXELS)].flatMap(one);

describeOperation({
  name: 'adjustBrightness',
  shape: SHAPE,
  operation: (x) => adjustBrightness(x, tensor1d([0.5, -0.25])),
  exact: each((x, i) => brightness64(x, [0.5, -0.25][i]!)),
});
describeOperation({
  name: 'adjustSaturation',
  shape: SHAPE,
  operation: (x) => adjustSaturation(x, tensor1d([0.75, -0.5])),
  exact: each((x, i) => saturation64(x, SIZE, [0.75, -0.5][i]!)),
});
describeOperation({
  name: 'adjustContrast',
  shape: SHAPE,
  operation: (x) => adjustContrast(x, tensor1d([0.5, -0.375])),
  exact: each((x, i) => contrast64(x, [0.5, -0.375][i]!)),
});
describeOperation({
  name: 'shiftPixels',
  shape: SHAPE,
  operation: (x) => shiftPixels(x, tensor1d([1, -2]), tensor1d([-1, 0])),
  exact: each((x, i) => translate64(x, SIZE, [1, -2][i]!, [-1, 0][i]!)),
});
describeOperation({
  name: 'cutOut',
  shape: SHAPE,
  operation: (x) => cutOut(x, tensor1d([1, -1]), tensor1d([0, 2]), tensor1d([1, 1])),
  exact: each((x, i) => cutOut64(x, SIZE, [1, -1][i]!, [0, 2][i]!)),
});

const sizes = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3 }));

describe('the operations', () => {
  beforeAll(() => selectBackend('cpu'));
  const one = (size: Size): { values: number[]; image: Tensor } => {
    const values = scattered(size[0] * size[1] * size[2]);
    return { values, image: tensor4d(values, [1, ...size]) };
  };

  test('translation and cutout are exact for images of any size, and any shift', () => {
    const place = fc.integer({ min: -7, max: 7 });
    fc.assert(
      fc.property(sizes, place, place, (size, rows, columns) => {
        const { values, image } = one(size);
        const moved = valuesOf(() => shiftPixels(image, tensor1d([rows]), tensor1d([columns])));
        expect(moved).toEqual(translate64(values, size, rows, columns));
        const holed = valuesOf(() => cutOut(image, tensor1d([rows]), tensor1d([columns]), tensor1d([1])));
        expect(holed.map((v) => v + 0)).toEqual(cutOut64(values, size, rows, columns));
      }),
    );
  });

  test('a translation there and back leaves what did not cross the border', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 5 }), (size, rows) => {
        const { values, image } = one(size);
        const back = valuesOf(() => shiftPixels(shiftPixels(image, tensor1d([rows]), tensor1d([0])), tensor1d([-rows]), tensor1d([0])));
        const row = size[1] * size[2];
        const kept = Math.max(0, size[0] - rows) * row;
        expect(back).toEqual(values.map((v, i) => (i < kept ? v : 0)));
      }),
    );
  });

  test('parameters of 0 leave the bits of the image', () => {
    const { values, image } = one([5, 4, 3]);
    const none = tensor1d([0]);
    const results = [
      adjustBrightness(image, none),
      adjustSaturation(image, none),
      adjustContrast(image, none),
      shiftPixels(image, none, none),
      cutOut(image, none, none, none),
    ];
    for (const result of results) expect(valuesOf(() => result.clone())).toEqual(values);
  });

  test('saturation keeps the grey of every pixel, contrast the mean of the image; a gain of −1 leaves nothing else', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: -16, max: 16 }), (size, sixteenths) => {
        const { values, image } = one(size);
        const gain = tensor1d([sixteenths / 16]);
        const greys = (flat: readonly number[]): number[] =>
          Array.from({ length: size[0] * size[1] }, (_, i) => mean64(flat.slice(i * size[2], (i + 1) * size[2])));
        expect(worstError(greys(valuesOf(() => adjustSaturation(image, gain))), greys(values))).toBeLessThan(1e-6);
        expect(worstError([mean64(valuesOf(() => adjustContrast(image, gain)))], [mean64(values)])).toBeLessThan(1e-6);
        const even = valuesOf(() => adjustContrast(image, tensor1d([-1])));
        expect(
          worstError(
            even,
            values.map(() => mean64(values)),
          ),
        ).toBeLessThan(1e-6);
      }),
    );
  });

  test('a hole has half the height and width', () => {
    expect([4, 5, 64, 1].map(cutoutSize)).toEqual([2, 3, 32, 1]);
    const holes = valuesOf(() =>
      cutOut(tensor4d(Array(64).fill(1) as number[], [1, 8, 8, 1]), tensor1d([2]), tensor1d([3]), tensor1d([1])),
    );
    expect(holes.filter((v) => v === 0)).toHaveLength(16);
  });

  test('refuse what does not fit, by name', () => {
    expect(() => adjustBrightness(zeros([2, 2]), tensor1d([1]))).toThrow(
      'adjustBrightness: image must be float32 [batch, height, width, channels], got float32 [2, 2]',
    );
    expect(() => shiftPixels([] as unknown as Tensor, tensor1d([1]), tensor1d([1]))).toThrow('got no tensor');
    expect(() => shiftPixels(zeros([2, 4, 4, 3]), tensor1d([1]), tensor1d([1, 2]))).toThrow(
      'shiftPixels: rows must be float32 [2], one number per image, got float32 [1]',
    );
    expect(() => cutOut(zeros([1, 4, 4, 3]), tensor1d([1], 'int32'), tensor1d([1]), tensor1d([1]))).toThrow(
      'cutOut: top must be float32 [1], one number per image, got int32 [1]',
    );
  });
});
