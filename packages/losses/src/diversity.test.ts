import { grad, mul, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  diversityLoss,
  diversitySensitiveLoss,
  modeSeekingLoss,
  modeSeekingRatio,
  type DiversityOptions,
  type LatentPair,
} from './diversity.js';
import type { LossOptions } from './reduction.js';
import { float32, reversedRows } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { describeMeanAbsoluteDifference } from './testing/mean-absolute-difference-properties.js';
import { gradientOf, mean64, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';

describeMeanAbsoluteDifference('diversityLoss', (a, b, options) => diversityLoss(a, b, { ...options, gradientThrough: 'both' }));
describeMeanAbsoluteDifference('diversityLoss', diversityLoss);

describe('diversityLoss', () => {
  beforeAll(() => selectBackend('cpu'));

  // Both images are made from one parameter: w·3 and w·1, so |3w − w| has slope 2, or 3 when the second is constant.
  const slope = (options?: DiversityOptions): number[] => gradientOf((w) => diversityLoss(mul(w, 3), mul(w, 1), options), [2], [1, 1]);

  test('the second image is a constant by default', () => {
    expect(slope()).toEqual([3]);
  });

  test('gradient flows through both images when asked for', () => {
    expect(slope({ gradientThrough: 'both' })).toEqual([2]);
  });
});

const WIDTH = 4;
const LATENT = 2;

interface Values {
  readonly images: number[];
  readonly others: number[];
  readonly latents: number[];
  readonly otherLatents: number[];
}

/** The pair as tensors. */
function pairOf({ images, others, latents, otherLatents }: Values): LatentPair {
  const batch = images.length / WIDTH;
  return {
    image: tensor2d(images, [batch, WIDTH]),
    otherImage: tensor2d(others, [batch, WIDTH]),
    latent: tensor2d(latents, [batch, LATENT]),
    otherLatent: tensor2d(otherLatents, [batch, LATENT]),
  };
}

function ratios64({ images, others, latents, otherLatents }: Values): number[] {
  const distance = (a: number[], b: number[], width: number, row: number): number =>
    mean64(a.slice(row * width, (row + 1) * width).map((v, i) => Math.abs(v - b[row * width + i]!)));
  return Array.from(
    { length: images.length / WIDTH },
    (_, row) => distance(images, others, WIDTH, row) / (distance(latents, otherLatents, LATENT, row) + 1e-8),
  );
}

const values: fc.Arbitrary<Values> = fc
  .integer({ min: 1, max: 3 })
  .chain((batch) => {
    const list = (length: number): fc.Arbitrary<number[]> => fc.array(float32(4), { minLength: length, maxLength: length });
    return fc.record({
      images: list(batch * WIDTH),
      others: list(batch * WIDTH),
      latents: list(batch * LATENT),
      otherLatents: list(batch * LATENT),
    });
  })
  // Latents that are apart, as two draws are: nothing is said here of a quotient of two rounding errors.
  .filter(({ latents, otherLatents }) => latents.every((v, i) => Math.abs(v - otherLatents[i]!) > 1e-2));

type PairLoss = (pair: LatentPair, options?: LossOptions) => Tensor;
const FAMILY: { name: string; loss: PairLoss; exact: (ratio: number) => number; sign: number }[] = [
  { name: 'modeSeekingRatio', loss: modeSeekingRatio, exact: (ratio) => ratio, sign: 1 },
  {
    name: 'modeSeekingLoss',
    loss: (pair, options) => modeSeekingLoss(pair, { epsilon: 0.125, ...options }),
    exact: (ratio) => 1 / (ratio + 0.125),
    sign: -1,
  },
  {
    name: 'diversitySensitiveLoss',
    loss: (pair, options) => diversitySensitiveLoss(pair, { bound: 1.5, ...options }),
    exact: (ratio) => Math.min(ratio, 1.5),
    sign: 1,
  },
];

const AT = [
  { values: [0.5, -1, 2, 0.25, 1, 1, -1, 3], shape: [2, WIDTH] },
  { values: [1, -2, 2.5, 0.5, -1, 2, -3, 0], shape: [2, WIDTH] },
  { values: [0.5, -1, 0.75, 1], shape: [2, LATENT] },
  { values: [-0.25, 1, 1.5, 2], shape: [2, LATENT] },
];
for (const { name, loss, exact } of FAMILY) {
  describeDerivatives({
    name,
    inputs: AT,
    loss: (image, otherImage, latent, otherLatent) =>
      loss({ image: image, otherImage: otherImage, latent: latent, otherLatent: otherLatent }),
    exact: (images, others, latents, otherLatents) =>
      mean64(ratios64({ images: images, others: others, latents: latents, otherLatents: otherLatents }).map(exact)),
  });
}

describe.each(FAMILY)('$name', ({ name, loss, exact, sign }) => {
  beforeAll(() => selectBackend('cpu'));
  const value = (given: Values): number => valueOf(() => loss(pairOf(given)));

  test('is its formula of each pair’s ratio, and its reductions agree', () => {
    fc.assert(
      fc.property(values, (given) => {
        expectReductions((options) => loss(pairOf(given), options), ratios64(given).map(exact), 1e-5);
      }),
    );
  });

  test('does not care which of the two images and latents comes first', () => {
    fc.assert(
      fc.property(values, (given) => {
        const swapped = { images: given.others, others: given.images, latents: given.otherLatents, otherLatents: given.latents };
        expect(value(swapped)).toBe(value(given));
        expect(value({ ...given, images: given.others, others: given.images })).toBe(value(given));
      }),
    );
  });

  test('does not change when images and latents are scaled together', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(-2, 0.5, 4), (given, factor) => {
        const times = (list: number[]): number[] => list.map((v) => v * factor);
        const scaled = {
          images: times(given.images),
          others: times(given.others),
          latents: times(given.latents),
          otherLatents: times(given.otherLatents),
        };
        expect(worstError([value(scaled)], [value(given)])).toBeLessThan(1e-5);
      }),
    );
  });

  test('never rewards images that are nearer each other', () => {
    fc.assert(
      fc.property(values, (given) => {
        const nearer = given.images.map((v, i) => (v + given.others[i]!) / 2);
        expect(sign * value({ ...given, images: nearer })).toBeLessThanOrEqual(sign * value(given) + 1e-6);
      }),
    );
  });

  test('does not depend on the order of the samples', () => {
    fc.assert(
      fc.property(values, (given) => {
        const turned = {
          images: reversedRows(given.images, WIDTH),
          others: reversedRows(given.others, WIDTH),
          latents: reversedRows(given.latents, LATENT),
          otherLatents: reversedRows(given.otherLatents, LATENT),
        };
        const each = (v: Values): number[] => valuesOf(() => loss(pairOf(v), { reduction: 'none' }));
        expect(each(turned)).toEqual(each(given).reverse());
      }),
    );
  });

  test('is finite in value and gradient for equal images, equal latents, both, and values up to 1e4', () => {
    fc.assert(
      fc.property(fc.array(float32(1e4), { minLength: 12, maxLength: 12 }), fc.boolean(), fc.boolean(), (list, sameImage, sameLatent) => {
        const images = list.slice(0, 4);
        const latents = list.slice(8, 10);
        const given = {
          images,
          others: sameImage ? images : list.slice(4, 8),
          latents,
          otherLatents: sameLatent ? latents : list.slice(10, 12),
        };
        const pair = pairOf(given);
        const gradients = (['image', 'otherImage', 'latent', 'otherLatent'] as const).flatMap((key) =>
          valuesOf(() => grad((x: Tensor) => loss({ ...pair, [key]: x }))(pair[key])),
        );
        expect([value(given), ...gradients].every(Number.isFinite)).toBe(true);
      }),
    );
  });

  test('refuses pairs that do not fit', () => {
    const fits = pairOf({ images: [1, 2, 3, 4], others: [1, 2, 3, 5], latents: [1, 2], otherLatents: [2, 1] });
    expect(() => loss({ ...fits, otherImage: tensor2d([1], [1, 1]) })).toThrow(
      `${name}: image and otherImage must have the same shape, got [1, 4] and [1, 1]`,
    );
    expect(() => loss({ ...fits, otherLatent: tensor2d([1], [1, 1]) })).toThrow(`${name}: latent and otherLatent must have the same shape`);
    const two = tensor2d([1, 2, 3, 4], [2, 2]);
    expect(() => loss({ ...fits, latent: two, otherLatent: two })).toThrow(
      `${name}: image and latent must have as many samples, got [1, 4] and [2, 2]`,
    );
    expect(() => loss({ ...fits, latent: tensor2d([1, 2], [1, 2], 'int32') })).toThrow(`${name}: latent must be float32`);
  });

  test('leaves nothing but the result in memory', () => {
    const pair = pairOf({ images: [1, 2, 3, 4], others: [1, 2, 3, 5], latents: [1, 2], otherLatents: [2, 1] });
    for (const reduction of ['mean', 'none', 'sum'] as const) expect(tensorsLeft(() => loss(pair, { reduction }))).toBe(1);
    expect(tensorsLeft(() => grad((image: Tensor) => loss({ ...pair, image }))(pair.image))).toBe(1);
  });
});

describe('the bounds', () => {
  beforeAll(() => selectBackend('cpu'));

  test('of diversitySensitiveLoss stop the reward, and its gradient, at τ', () => {
    fc.assert(
      fc.property(values, (given) => {
        const pair = pairOf(given);
        const each = valuesOf(() => diversitySensitiveLoss(pair, { bound: 1.5, reduction: 'none' }));
        const slope = valuesOf(() => grad((image: Tensor) => diversitySensitiveLoss({ ...pair, image }, { bound: 1.5 }))(pair.image));
        each.forEach((v, row) => {
          expect(v).toBeLessThanOrEqual(1.5);
          if (v === 1.5) expect(slope.slice(row * WIDTH, (row + 1) * WIDTH).every((g) => Math.abs(g) === 0)).toBe(true);
        });
      }),
    );
    expect(() =>
      diversitySensitiveLoss(pairOf({ images: [1, 2, 3, 4], others: [1, 2, 3, 5], latents: [1, 2], otherLatents: [2, 1] }), { bound: 0 }),
    ).toThrow('diversitySensitiveLoss: bound must be a finite number > 0, got 0');
  });

  test('of modeSeekingLoss are 0 and 1/ε, reached where the images are equal', () => {
    const collapsed = { images: [1, 2, 3, 4], others: [1, 2, 3, 4], latents: [1, 2], otherLatents: [2, 1] };
    expect(worstError([valueOf(() => modeSeekingLoss(pairOf(collapsed)))], [1e5])).toBeLessThan(1e-6);
    expect(() => modeSeekingLoss(pairOf(collapsed), { epsilon: 0 })).toThrow('modeSeekingLoss: epsilon must be a finite number > 0, got 0');
    fc.assert(
      fc.property(values, (given) => {
        const each = valuesOf(() => modeSeekingLoss(pairOf(given), { reduction: 'none', epsilon: 0.125 }));
        expect(each.every((v) => v > 0 && v <= 8)).toBe(true);
      }),
    );
  });
});
