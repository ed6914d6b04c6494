import { grad, sub, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { adversarialFamilies, realLogisticLoss } from './adversarial.js';
import {
  discriminatorRelativisticAverageLoss,
  discriminatorRelativisticLoss,
  generatorRelativisticAverageLoss,
  generatorRelativisticLoss,
  type RelativisticOptions,
} from './relativistic.js';
import { batchOf, float32, reversedRows } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { gradientOf, mean64, rows, softplus64, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';

type Loss = (realLogits: Tensor, fakeLogits: Tensor, options?: RelativisticOptions) => Tensor;
type Exact = (l: number) => number;

const FAMILIES: Readonly<Record<string, { options: RelativisticOptions; real: Exact; fake: Exact }>> = {
  logistic: { options: {}, real: (l) => softplus64(-l), fake: softplus64 },
  hinge: { options: { family: adversarialFamilies.hinge }, real: (l) => Math.max(0, 1 - l), fake: (l) => Math.max(0, 1 + l) },
  'least squares': { options: { family: adversarialFamilies.leastSquares }, real: (l) => (l - 1) ** 2 / 2, fake: (l) => l ** 2 / 2 },
};
const LOGISTIC = FAMILIES.logistic!;

interface Case {
  readonly name: string;
  readonly loss: Loss;
  /** Whether the real side is the one that shall be higher. */
  readonly isDiscriminator: boolean;
  readonly isAverage: boolean;
}

const CASES: readonly Case[] = [
  { name: 'discriminatorRelativisticLoss', loss: discriminatorRelativisticLoss, isDiscriminator: true, isAverage: false },
  { name: 'generatorRelativisticLoss', loss: generatorRelativisticLoss, isDiscriminator: false, isAverage: false },
  { name: 'discriminatorRelativisticAverageLoss', loss: discriminatorRelativisticAverageLoss, isDiscriminator: true, isAverage: true },
  { name: 'generatorRelativisticAverageLoss', loss: generatorRelativisticAverageLoss, isDiscriminator: false, isAverage: true },
];

/** The value of each logit, written out. */
function exactOf({ isDiscriminator, isAverage }: Case, { real: ofReal, fake: ofFake } = LOGISTIC) {
  return (realLogits: readonly number[], fakeLogits: readonly number[]): number[] => {
    const [high, low] = isDiscriminator ? [realLogits, fakeLogits] : [fakeLogits, realLogits];
    return high.map((h, i) => (isAverage ? ofReal(h - mean64(low)) + ofFake(low[i]! - mean64(high)) : ofReal(h - low[i]!)));
  };
}

for (const each of CASES) {
  for (const [family, exact] of Object.entries(FAMILIES)) {
    describeDerivatives({
      name: family === 'logistic' ? each.name : `${each.name}, ${family}`,
      // No difference is a corner of the hinge.
      inputs: [
        { values: [0.5, -1, 2, 0.1], shape: [4, 1] },
        { values: [-0.25, 1, -2.5, 0.3], shape: [4, 1] },
      ],
      loss: (real, fake) => each.loss(real, fake, exact.options),
      exact: (real, fake) => mean64(exactOf(each, exact)(real, fake)),
    });
  }
}

const pairs = batchOf(2, 20).map(({ shape, tensors: [real = [], fake = []] }) => ({ shape, real, fake }));

describe.each(CASES)('$name', (each) => {
  beforeAll(() => selectBackend('cpu'));
  const { loss, name, isDiscriminator, isAverage } = each;
  const value = (real: readonly number[], fake: readonly number[]): number => valueOf(() => loss(tensor1d([...real]), tensor1d([...fake])));

  test('equals float64, with reductions that agree, over one logit or several a sample', () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(...Object.values(FAMILIES)), ({ shape, real, fake }, family) => {
        const perSample = rows(exactOf(each, family)(real, fake), shape[1]).map(mean64);
        expectReductions(
          (options) => loss(tensor2d(real, shape), tensor2d(fake, shape), { ...family.options, ...options }),
          perSample,
          5e-6,
        );
      }),
    );
  });

  test('does not change when a constant is added to all logits', () => {
    fc.assert(
      fc.property(pairs, float32(50), ({ real, fake }, constant) => {
        const moved = value(
          real.map((l) => l + constant),
          fake.map((l) => l + constant),
        );
        expect(worstError([moved], [value(real, fake)])).toBeLessThan(1e-5);
      }),
    );
  });

  test('has gradients that cancel: those of the real logits and of the generated ones add up to 0', () => {
    fc.assert(
      fc.property(pairs, ({ real, fake }) => {
        const ofReal = gradientOf((l) => loss(l, tensor1d(fake)), real);
        const ofFake = gradientOf((l) => loss(tensor1d(real), l), fake);
        expect(Math.abs(mean64([...ofReal, ...ofFake]))).toBeLessThan(1e-6);
      }),
    );
  });

  test('moves the two sides apart in the direction that its player wants', () => {
    fc.assert(
      fc.property(pairs, ({ real, fake }) => {
        const wanted = isDiscriminator ? 1 : -1;
        const apart = value(
          real.map((l) => l + wanted),
          fake,
        );
        // Far in the direction both values are the same rounded 0.
        expect(apart).toBeLessThanOrEqual(value(real, fake));
      }),
    );
  });

  test('is log 2 where no side is more real, for each of its parts', () => {
    fc.assert(
      fc.property(float32(1e4), (l) => {
        expect(value([l, l], [l, l])).toBeCloseTo(isAverage ? 2 * Math.LN2 : Math.LN2, 6);
      }),
    );
  });

  test('is the other player’s loss when real and generated logits change places', () => {
    const other = CASES.find((candidate) => candidate.isAverage === isAverage && candidate.isDiscriminator !== isDiscriminator)!;
    fc.assert(
      fc.property(pairs, ({ real, fake }) => {
        expect(value(real, fake)).toBe(valueOf(() => other.loss(tensor1d(fake), tensor1d(real))));
      }),
    );
  });

  test('does not depend on the order of the pairs', () => {
    fc.assert(
      fc.property(pairs, ({ shape, real, fake }) => {
        const values = (a: number[], b: number[]): number[] =>
          valuesOf(() => loss(tensor2d(a, shape), tensor2d(b, shape), { reduction: 'none' }));
        const reversed = values(reversedRows(real, shape[1]), reversedRows(fake, shape[1]));
        expect(worstError(reversed, values(real, fake).reverse())).toBeLessThan(5e-6);
      }),
    );
  });

  test('is finite in value and gradient for logits up to 1e4', () => {
    fc.assert(
      fc.property(float32(1e4), float32(1e4), (real, fake) => {
        const gradient = gradientOf((l) => loss(l, tensor1d([fake])), [real]);
        expect([value([real], [fake]), ...gradient].every(Number.isFinite)).toBe(true);
      }),
    );
  });

  test('refuses unusable logits by name, and leaves nothing but the result in memory', () => {
    const logits = tensor2d([1, 2, 3], [3, 1]);
    expect(() => loss(tensor1d([1], 'int32'), tensor1d([1]))).toThrow(`${name}: realLogits must be float32, got int32`);
    expect(() => loss(tensor1d([1]), tensor1d([]))).toThrow(`${name}: fakeLogits must be [batch, ...] with at least one sample`);
    expect(() => loss(tensor1d([1]), tensor1d([1, 2]), { reduction: 'none' })).toThrow('must have the same shape');
    for (const reduction of ['mean', 'none', 'sum'] as const) expect(tensorsLeft(() => loss(logits, logits, { reduction }))).toBe(1);
    expect(tensorsLeft(() => grad((l: Tensor) => loss(l, logits))(logits))).toBe(1);
  });
});

describe('relativistic losses', () => {
  beforeAll(() => selectBackend('cpu'));

  test('of a pair are the logistic loss of the difference', () => {
    fc.assert(
      fc.property(pairs, ({ real, fake }) => {
        const difference = sub(tensor1d(real), tensor1d(fake));
        expect(valueOf(() => discriminatorRelativisticLoss(tensor1d(real), tensor1d(fake)))).toBe(
          valueOf(() => realLogisticLoss(difference)),
        );
      }),
    );
  });

  test('of a pair see the pairs, of the average do not: generated logits may change places', () => {
    const real = tensor1d([4, 0]);
    const fake = [3, -1];
    const turned = (loss: Loss): number[] => [fake, [...fake].reverse()].map((l) => valueOf(() => loss(real, tensor1d(l))));
    const [paired = NaN, otherwise = NaN] = turned(discriminatorRelativisticLoss);
    expect(Math.abs(paired - otherwise)).toBeGreaterThan(0.1);
    const [average = NaN, same = NaN] = turned(discriminatorRelativisticAverageLoss);
    expect(average).toBeCloseTo(same, 6);
  });

  test('of the average take batches of different size, of a pair do not', () => {
    const [real, fake] = [tensor1d([1, 2, 6]), tensor1d([-1, 3])];
    const expected = mean64([0, 1, 5].map((l) => softplus64(-l))) + mean64([-4, 0].map(softplus64));
    expect(worstError([valueOf(() => discriminatorRelativisticAverageLoss(real, fake))], [expected])).toBeLessThan(1e-6);
    expect(() => discriminatorRelativisticLoss(real, fake)).toThrow(
      'discriminatorRelativisticLoss: realLogits and fakeLogits must have the same shape, got [3] and [2]',
    );
    expect(() => generatorRelativisticLoss(real, fake)).toThrow(
      'generatorRelativisticLoss: fakeLogits and realLogits must have the same shape, got [2] and [3]',
    );
  });
});
