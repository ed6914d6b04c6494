import { fill, matMul, reshape, scalar, square, sum, tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { r1Penalty } from '@stargan/losses';
import { randomStream } from '@stargan/random';
import { valueAndGradients } from '@stargan/ops';
import type { Scalar } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { augment, AUGMENTATION_OPERATIONS, augmentationUniforms, UNIFORMS_PER_IMAGE, type AugmentationOperation } from './index.js';
import { BACKENDS, selectBackend, tensorsLeft } from './testing/backends.js';
import { describeOperation } from './testing/derivatives.js';
import { brightness64, contrast64, cutOut64, saturation64, translate64, type Size } from './testing/images64.js';
import { gradient64, scattered, sum64, valuesOf, worstError } from './testing/numbers.js';

const SIZE: Size = [8, 5, 3];
const PIXELS = 8 * 5 * 3;

/** DiffAugment's draws from the numbers of one image, and the operations in its order, in float64. */
function augment64(image: number[], u: readonly number[], operations: readonly AugmentationOperation[], p: number): number[] {
  const [brightness = 0, saturation = 0, contrast = 0, rows = 0, columns = 0, top = 0, left = 0, ...gates] = u;
  const isDone = gates.map((gate) => gate < p);
  let result = image;
  if (operations.includes('color')) {
    if (isDone[0]) result = brightness64(result, brightness - 0.5);
    if (isDone[1]) result = saturation64(result, SIZE, 2 * saturation - 1);
    if (isDone[2]) result = contrast64(result, contrast - 0.5);
  }
  // An eighth of 8 and of 5, rounded: 1 and 1.
  if (operations.includes('translation') && isDone[3])
    result = translate64(result, SIZE, Math.floor(rows * 3) - 1, Math.floor(columns * 3) - 1);
  // Half of 8 is 4, with its middle at 0 … 8; half of 5 is 3, with its middle at 0 … 4.
  if (operations.includes('cutout') && isDone[4]) result = cutOut64(result, SIZE, Math.floor(top * 9) - 2, Math.floor(left * 5) - 1);
  return result;
}

const UNIFORMS = Array.from(augmentationUniforms(2, randomStream(3, 'augmentation', 7)));
const uniforms = (): Tensor2D => tensor2d(UNIFORMS, [2, UNIFORMS_PER_IMAGE]);
const rows = (flat: readonly number[], width: number): number[][] =>
  Array.from({ length: flat.length / width }, (_, i) => flat.slice(i * width, (i + 1) * width));

for (const probability of [1, 0.5]) {
  for (const operations of [AUGMENTATION_OPERATIONS, ['color'], ['translation'], ['cutout']] as const) {
    describeOperation({
      name: `augment by ${operations.join(', ')} with probability ${probability}`,
      shape: [2, ...SIZE],
      operation: (x) => augment(x, uniforms(), { operations, probability }),
      exact: (x) =>
        rows(x, PIXELS).flatMap((image, i) => augment64(image, rows(UNIFORMS, UNIFORMS_PER_IMAGE)[i]!, operations, probability)),
    });
  }
}

describe.each(BACKENDS)('R1 through an augmentation on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('has the value and parameter gradient of float64', () => {
    const image = scattered(2 * PIXELS, 4);
    const weights = scattered(PIXELS, 5);
    // D(x) = Σ w · T(x)², whose gradient with respect to x is Jᵀ(2 w T(x)).
    const critic64 = (x: number[], w: readonly number[], i: number): number => {
      const u = rows(UNIFORMS, UNIFORMS_PER_IMAGE)[i]!;
      return sum64(augment64(x, u, AUGMENTATION_OPERATIONS, 1).map((y, k) => w[k]! * y * y));
    };
    const penalty64 = (w: readonly number[]): number =>
      sum64(rows(image, PIXELS).map((x, i) => sum64(gradient64((at) => critic64(at, w, i), x).map((g) => g * g)) / 2)) / 2;
    const penalty = (w: Tensor): Scalar =>
      r1Penalty((x) => matMul(reshape(square(augment(x, uniforms())), [2, PIXELS]), w as Tensor2D), tensor4d(image, [2, ...SIZE]));
    const { value, gradients } = valueAndGradients(({ w }) => penalty(w!), { w: tensor2d(weights, [PIXELS, 1]) });
    expect(
      worstError(
        valuesOf(() => value),
        [penalty64(weights)],
      ),
    ).toBeLessThan(2e-6);
    // Quadratic in w: central differences are exact for any step.
    const some = [0, 17, 50, PIXELS - 1];
    const differences = some.map((k) => {
      const moved = (by: number): number => penalty64(weights.map((v, i) => (i === k ? v + by : v)));
      return (moved(0.5) - moved(-0.5)) / 1;
    });
    const gradient = valuesOf(() => gradients.w!);
    expect(
      worstError(
        some.map((k) => gradient[k]!),
        differences,
      ),
    ).toBeLessThan(5e-6);
  });
});

describe('augment', () => {
  beforeAll(() => selectBackend('cpu'));
  const image = (): Tensor => tensor4d(scattered(2 * PIXELS), [2, ...SIZE]);

  test('with probability 0 leaves the bits of the image, as a number and as a tensor', () => {
    const bits = valuesOf(image);
    expect(valuesOf(() => augment(image(), uniforms(), { probability: 0 }))).toEqual(bits);
    expect(valuesOf(() => augment(image(), uniforms(), { probability: scalar(0) }))).toEqual(bits);
    expect(valuesOf(() => augment(image(), uniforms(), { operations: [] }))).toEqual(bits);
  });

  test('does the same for a probability in a tensor as for the number', () => {
    const of = (probability: Scalar | number): number[] => valuesOf(() => augment(image(), uniforms(), { probability }));
    for (const p of [0.25, 0.5, 1]) expect(of(scalar(p))).toEqual(of(p));
  });

  test('is a function of image, numbers and probability: the same bits again, each image by itself', () => {
    const both = valuesOf(() => augment(image(), uniforms()));
    expect(valuesOf(() => augment(image(), uniforms()))).toEqual(both);
    const alone = rows(scattered(2 * PIXELS), PIXELS).flatMap((x, i) =>
      valuesOf(() => augment(tensor4d(x, [1, ...SIZE]), tensor2d(rows(UNIFORMS, UNIFORMS_PER_IMAGE)[i]!, [1, UNIFORMS_PER_IMAGE]))),
    );
    expect(worstError(alone, both)).toBeLessThan(1e-6);
  });

  test('does each operation to the share of images that the probability says', () => {
    const images = 4000;
    const drawn = tensor2d(augmentationUniforms(images, randomStream(1, 'share')), [images, UNIFORMS_PER_IMAGE]);
    const ones = fill([images, 8, 8, 1], 1);
    for (const probability of [0.2, 0.7]) {
      const results = rows(
        valuesOf(() => augment(ones, drawn, { operations: ['cutout'], probability })),
        64,
      );
      const share = results.filter((pixels) => pixels.includes(0)).length / images;
      // Five standard errors.
      expect(Math.abs(share - probability)).toBeLessThan(5 * Math.sqrt((probability * (1 - probability)) / images));
    }
  });

  test('moves by every distance up to an eighth, equally often', () => {
    const images = 4000;
    const drawn = tensor2d(augmentationUniforms(images, randomStream(2, 'distance')), [images, UNIFORMS_PER_IMAGE]);
    const dot = Array.from({ length: 16 * 16 }, (_, i) => (i === 8 * 16 + 8 ? 1 : 0));
    const moved = valuesOf(() =>
      augment(tensor4d(Array(images).fill(dot).flat() as number[], [images, 16, 16, 1]), drawn, { operations: ['translation'] }),
    );
    const counts = new Map<number, number>();
    for (const pixels of rows(moved, 256)) counts.set(pixels.indexOf(1), (counts.get(pixels.indexOf(1)) ?? 0) + 1);
    const expected = [-2, -1, 0, 1, 2].flatMap((down) => [-2, -1, 0, 1, 2].map((right) => (8 + down) * 16 + 8 + right));
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(expected);
    for (const count of counts.values()) expect(Math.abs(count - images / 25)).toBeLessThan(5 * Math.sqrt(images / 25));
  });

  test('leaves nothing in memory, and refuses what does not fit by name', () => {
    const [x, u] = [image(), uniforms()];
    expect(tensorsLeft(() => augment(x, u, { operations: [] }))).toBe(1);
    expect(tensorsLeft(() => augment(x, u))).toBe(1);
    expect(() => augment(x, tensor2d([[1, 2]]))).toThrow('augment: uniforms must be float32 [2, 12], got float32 [1, 2]');
    expect(() => augment(x, u, { operations: ['blur' as 'color'] })).toThrow(
      'operations must be of color, translation, cutout, got "blur"',
    );
    expect(() => augment(x, u, { probability: 1.5 })).toThrow('augment: probability must be a number from 0 to 1, got 1.5');
    expect(() => augment(sum(x) as Tensor, u)).toThrow('augment: image must be float32 [batch, height, width, channels], got float32 []');
  });
});

describe('augmentationUniforms', () => {
  test('are numbers of [0, 1) in float32, a function of seed, stream and iteration', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 5 }), fc.nat(), (seed, images, iteration) => {
        const draw = (): number[] => Array.from(augmentationUniforms(images, randomStream(seed, 'augmentation', iteration)));
        const numbers = draw();
        expect(numbers).toHaveLength(images * UNIFORMS_PER_IMAGE);
        expect(numbers.every((u) => u >= 0 && u < 1)).toBe(true);
        expect(draw()).toEqual(numbers);
      }),
    );
  });
});
