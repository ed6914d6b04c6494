import { add, tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  adversarialFamilies,
  discriminatorAdversarialLoss,
  driftPenalty,
  fakeHingeLoss,
  fakeLeastSquaresLoss,
  fakeLogisticLoss,
  fakeWassersteinLoss,
  generatorHingeLoss,
  generatorLeastSquaresLoss,
  generatorWassersteinLoss,
  nonSaturatingLogisticLoss,
  realHingeLoss,
  realLeastSquaresLoss,
  realLogisticLoss,
  realWassersteinLoss,
  saturatingLogisticLoss,
} from './adversarial.js';
import { float32 } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeLogisticLoss } from './testing/logistic-loss-properties.js';
import { describeLogitLoss } from './testing/logit-loss-properties.js';
import { gradientOf, mean64, softplus64, valueOf, valuesOf, worstError } from './testing/numbers.js';

describeLogisticLoss({ name: 'realLogisticLoss', loss: realLogisticLoss, exact: (l) => softplus64(-l), sign: 1, slope: -1 });
describeLogisticLoss({ name: 'fakeLogisticLoss', loss: fakeLogisticLoss, exact: softplus64, sign: 1, slope: 1 });
describeLogisticLoss({
  name: 'nonSaturatingLogisticLoss',
  loss: nonSaturatingLogisticLoss,
  exact: (l) => softplus64(-l),
  sign: 1,
  slope: -1,
});
describeLogisticLoss({ name: 'saturatingLogisticLoss', loss: saturatingLogisticLoss, exact: (l) => -softplus64(l), sign: -1, slope: -1 });

describe('the logistic losses', () => {
  beforeAll(() => selectBackend('cpu'));

  test('real and fake mirror each other, and differ by the logit: softplus(l) − softplus(−l) = l', () => {
    fc.assert(
      fc.property(float32(1000), (logit) => {
        const real = valueOf(() => realLogisticLoss(tensor1d([logit])));
        const fake = valueOf(() => fakeLogisticLoss(tensor1d([logit])));
        expect(valueOf(() => fakeLogisticLoss(tensor1d([-logit])))).toBe(real);
        expect(worstError([fake - real], [logit])).toBeLessThan(1e-6);
      }),
    );
  });

  test('the discriminator loss is the sum of its two parts, for batches of different size too', () => {
    const total = valueOf(() => discriminatorAdversarialLoss(tensor1d([1, 2, 3]), tensor1d([-1, 4])));
    const parts = mean64([-1, -2, -3].map(softplus64)) + mean64([-1, 4].map(softplus64));
    expect(worstError([total], [parts])).toBeLessThan(1e-6);
    const each = valuesOf(() => discriminatorAdversarialLoss(tensor1d([1, 2]), tensor1d([-1, 4]), { reduction: 'none' }));
    expect(worstError(each, [2 * softplus64(-1), softplus64(-2) + softplus64(4)])).toBeLessThan(1e-6);
  });

  test('the loss of an undecided discriminator is 2·log 2, and the saturating loss is minus its fake part', () => {
    expect(valueOf(() => discriminatorAdversarialLoss(tensor1d([0]), tensor1d([0])))).toBeCloseTo(2 * Math.LN2, 6);
    expect(valueOf(() => saturatingLogisticLoss(tensor1d([0.7])))).toBe(-valueOf(() => fakeLogisticLoss(tensor1d([0.7]))));
  });

  test('unusable logits are refused by name', () => {
    expect(() => fakeLogisticLoss(tensor1d([1], 'int32'))).toThrow(
      'fakeLogisticLoss: logits must be float32, got int32; convert it with tf.cast',
    );
    expect(() => realLogisticLoss(tensor([]))).toThrow(
      'realLogisticLoss: logits must be [batch, ...] with at least one sample, got shape [0]',
    );
    expect(() => discriminatorAdversarialLoss(tensor1d([1]), tensor1d([1, 2]), { reduction: 'none' })).toThrow(
      'discriminatorAdversarialLoss: realLogits and fakeLogits must have the same shape, got [1] and [2]',
    );
  });

  test('nothing but the result is left in memory', () => {
    const logits = tensor2d([1, 2, 3], [3, 1]);
    for (const reduction of ['mean', 'none', 'sum'] as const) {
      expect(tensorsLeft(() => discriminatorAdversarialLoss(logits, logits, { reduction }))).toBe(1);
    }
  });
});

describeLogitLoss({
  name: 'realLogisticLoss',
  loss: (logits, options) => realLogisticLoss(logits, { ...options, target: 0.9 }),
  exact: (l) => 0.9 * softplus64(-l) + 0.1 * softplus64(l),
});

describe('one-sided label smoothing', () => {
  beforeAll(() => selectBackend('cpu'));
  const targets = fc.integer({ min: 0, max: 16 }).map((sixteenths) => sixteenths / 16);
  const value = (l: number, target: number): number => valueOf(() => realLogisticLoss(tensor1d([l]), { target }));

  test('adds (1 − target) · logit to the loss, and is the plain loss for a target of 1', () => {
    fc.assert(
      fc.property(float32(100), targets, (l, target) => {
        expect(worstError([value(l, target)], [softplus64(-l) + (1 - target) * l], 10)).toBeLessThan(1e-6);
        expect(value(l, 1)).toBe(valueOf(() => realLogisticLoss(tensor1d([l]))));
      }),
    );
  });

  test('has its least value where the probability of being real is the target, and the logit is finite', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 15 }), (sixteenths) => {
        const target = sixteenths / 16;
        const best = Math.log(target / (1 - target));
        expect(Math.abs(gradientOf((l) => realLogisticLoss(l, { target }), [best])[0] ?? NaN)).toBeLessThan(1e-6);
        for (const away of [-2, 2]) expect(value(best + away, target)).toBeGreaterThan(value(best, target));
      }),
    );
  });

  test('with a target of 0 is the loss of generated images', () => {
    fc.assert(
      fc.property(float32(1e4), (l) => {
        expect(value(l, 0)).toBe(valueOf(() => fakeLogisticLoss(tensor1d([l]))));
      }),
    );
  });

  test('refuses a target that is no probability', () => {
    for (const target of [-0.1, 1.1, NaN])
      expect(() => realLogisticLoss(tensor1d([1]), { target })).toThrow(
        `realLogisticLoss: target must be a number from 0 to 1, got ${target}`,
      );
  });
});

describeLogitLoss({ name: 'realHingeLoss', loss: realHingeLoss, exact: (l) => Math.max(0, 1 - l) });
describeLogitLoss({ name: 'fakeHingeLoss', loss: fakeHingeLoss, exact: (l) => Math.max(0, 1 + l) });
describeLogitLoss({ name: 'generatorHingeLoss', loss: generatorHingeLoss, exact: (l) => -l });

describe('the hinge losses', () => {
  beforeAll(() => selectBackend('cpu'));
  const real = (l: number): number => valueOf(() => realHingeLoss(tensor1d([l])));
  const fake = (l: number): number => valueOf(() => fakeHingeLoss(tensor1d([l])));

  test('are 0 for the discriminator, with no gradient, from a margin of 1 on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (hundredths) => {
        const logit = 1 + hundredths / 100;
        expect([real(logit), ...gradientOf(realHingeLoss, [logit])].map(Math.abs)).toEqual([0, 0]);
        expect([fake(-logit), ...gradientOf(fakeHingeLoss, [-logit])].map(Math.abs)).toEqual([0, 0]);
      }),
    );
  });

  test('have a slope of exactly 1 in size within the margin, in the direction that its player wants', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 99 }), (hundredths) => {
        expect(gradientOf(realHingeLoss, [hundredths / 100])).toEqual([-1]);
        expect(gradientOf(fakeHingeLoss, [-hundredths / 100])).toEqual([1]);
      }),
    );
  });

  test('mirror each other: real(l) = fake(−l)', () => {
    fc.assert(
      fc.property(float32(1e4), (logit) => {
        expect(real(logit)).toBe(fake(-logit));
      }),
    );
  });

  test('sum to max(2, 1 + |l|), so that no logit suits both', () => {
    fc.assert(
      fc.property(float32(1e4), (logit) => {
        expect(worstError([real(logit) + fake(logit)], [Math.max(2, 1 + Math.abs(logit))])).toBeLessThan(1e-6);
      }),
    );
  });

  test('give the generator the same gradient wherever its logits are', () => {
    fc.assert(
      fc.property(float32(1e4), float32(1e4), (a, b) => {
        expect(gradientOf(generatorHingeLoss, [a, b])).toEqual([-0.5, -0.5]);
      }),
    );
  });
});

const LEAST_SQUARES = [
  { name: 'realLeastSquaresLoss', loss: realLeastSquaresLoss, usual: 1 },
  { name: 'fakeLeastSquaresLoss', loss: fakeLeastSquaresLoss, usual: 0 },
  { name: 'generatorLeastSquaresLoss', loss: generatorLeastSquaresLoss, usual: 1 },
] as const;

for (const { name, loss, usual } of LEAST_SQUARES) {
  describeLogitLoss({ name, loss, exact: (l) => (l - usual) ** 2 / 2 });
  describeLogitLoss({ name, loss: (logits, options) => loss(logits, { ...options, target: -0.75 }), exact: (l) => (l + 0.75) ** 2 / 2 });
}

describe.each(LEAST_SQUARES)('$name', ({ name, loss, usual }) => {
  beforeAll(() => selectBackend('cpu'));
  const value = (l: number, target?: number): number => valueOf(() => loss(tensor1d([l]), target === undefined ? {} : { target }));
  // Quarters: their sums and squares are exact in float32.
  const quarter = fc.integer({ min: -400, max: 400 }).map((n) => n / 4);

  test('is exactly 0, with no gradient, at its target and nowhere else', () => {
    fc.assert(
      fc.property(quarter, quarter, (target, logit) => {
        expect(value(target, target)).toBe(0);
        expect(gradientOf((l) => loss(l, { target }), [target])).toEqual([0]);
        expect(value(logit, target) > 0).toBe(logit !== target);
      }),
    );
    expect(value(usual)).toBe(0);
  });

  test('is the same on both sides of its target', () => {
    fc.assert(
      fc.property(quarter, quarter, (target, away) => {
        expect(value(target + away, target)).toBe(value(target - away, target));
      }),
    );
  });

  test('depends on the distance to its target alone', () => {
    fc.assert(
      fc.property(quarter, quarter, quarter, (target, logit, shift) => {
        expect(value(logit + shift, target + shift)).toBe(value(logit, target));
      }),
    );
  });

  test('grows with the square of the distance', () => {
    fc.assert(
      fc.property(quarter, quarter, fc.constantFrom(-2, 0.5, 2, 4), (target, away, factor) => {
        expect(value(target + factor * away, target)).toBe(factor ** 2 * value(target + away, target));
      }),
    );
  });

  test('has the distance itself as its slope', () => {
    fc.assert(
      fc.property(quarter, quarter, (target, logit) => {
        expect(
          worstError(
            gradientOf((l) => loss(l, { target }), [logit]),
            [logit - target],
          ),
        ).toBeLessThan(1e-6);
      }),
    );
  });

  test('refuses a target that is no number', () => {
    expect(() => loss(tensor1d([1]), { target: NaN })).toThrow(`${name}: target must be a finite number, got NaN`);
  });
});

describeLogitLoss({ name: 'realWassersteinLoss', loss: realWassersteinLoss, exact: (l) => -l });
describeLogitLoss({ name: 'fakeWassersteinLoss', loss: fakeWassersteinLoss, exact: (l) => l });
describeLogitLoss({ name: 'generatorWassersteinLoss', loss: generatorWassersteinLoss, exact: (l) => -l });
describeLogitLoss({ name: 'driftPenalty', loss: driftPenalty, exact: (l) => l ** 2 });

describe('the Wasserstein losses', () => {
  beforeAll(() => selectBackend('cpu'));
  // Quarters in batches of a power of two: exact in float32.
  const quarters = fc.array(
    fc.integer({ min: -400, max: 400 }).map((n) => n / 4),
    { minLength: 4, maxLength: 4 },
  );
  const critic = (real: number[], fake: number[]): number =>
    valueOf(() => add(realWassersteinLoss(tensor1d(real)), fakeWassersteinLoss(tensor1d(fake))));

  test('of the critic change sign when real and generated images change places', () => {
    fc.assert(
      fc.property(quarters, quarters, (real, fake) => {
        expect(critic(real, fake) + critic(fake, real)).toBe(0);
      }),
    );
  });

  test('of the critic leave a constant free', () => {
    fc.assert(
      fc.property(quarters, quarters, fc.integer({ min: -50, max: 50 }), (real, fake, shift) => {
        expect(
          critic(
            real.map((l) => l + shift),
            fake.map((l) => l + shift),
          ),
        ).toBe(critic(real, fake));
      }),
    );
  });

  test('of the critic scale with it', () => {
    fc.assert(
      fc.property(quarters, quarters, fc.constantFrom(-2, 0.5, 4), (real, fake, factor) => {
        // A sum of zero has no sign worth keeping.
        expect(
          critic(
            real.map((l) => l * factor),
            fake.map((l) => l * factor),
          ) + 0,
        ).toBe(factor * critic(real, fake) + 0);
      }),
    );
  });

  test('are a zero-sum game: the critic’s loss on generated images is the generator’s gain', () => {
    fc.assert(
      fc.property(quarters, (fake) => {
        expect(valueOf(() => add(generatorWassersteinLoss(tensor1d(fake)), fakeWassersteinLoss(tensor1d(fake))))).toBe(0);
      }),
    );
  });

  test('have the same gradient wherever the logits are', () => {
    fc.assert(
      fc.property(quarters, (logits) => {
        expect(gradientOf(realWassersteinLoss, logits)).toEqual([-0.25, -0.25, -0.25, -0.25]);
        expect(gradientOf(fakeWassersteinLoss, logits)).toEqual([0.25, 0.25, 0.25, 0.25]);
      }),
    );
  });

  test('the drift penalty is a square: the same for both signs, and 0 at 0', () => {
    fc.assert(
      fc.property(quarters, fc.constantFrom(-2, -1, 0, 0.5), (logits, factor) => {
        const drift = (by: number): number => valueOf(() => driftPenalty(tensor1d(logits.map((l) => l * by))));
        expect(drift(factor)).toBe(factor ** 2 * drift(1));
      }),
    );
  });
});

type Exact = (l: number) => number;
const FAMILIES: Record<keyof typeof adversarialFamilies, readonly [real: Exact, fake: Exact, generator: Exact]> = {
  hinge: [(l) => Math.max(0, 1 - l), (l) => Math.max(0, 1 + l), (l) => -l],
  leastSquares: [(l) => (l - 1) ** 2 / 2, (l) => l ** 2 / 2, (l) => (l - 1) ** 2 / 2],
  nonSaturating: [(l) => softplus64(-l), softplus64, (l) => softplus64(-l)],
  saturating: [(l) => softplus64(-l), softplus64, (l) => -softplus64(l)],
  wasserstein: [(l) => -l, (l) => l, (l) => -l],
};

describe.each(Object.entries(adversarialFamilies))('the family %s', (name, { real, fake, generator }) => {
  beforeAll(() => selectBackend('cpu'));
  const exact = FAMILIES[name as keyof typeof FAMILIES];

  test('holds the losses of its paper, each for its player', () => {
    fc.assert(
      fc.property(float32(20), (l) => {
        const values = [real, fake, generator].map((loss) => valueOf(() => loss(tensor1d([l]))));
        expect(
          worstError(
            values,
            exact.map((each) => each(l)),
          ),
        ).toBeLessThan(1e-6);
      }),
    );
  });

  test('pulls real logits up, generated ones down, and lets the generator pull them up', () => {
    const [atReal = NaN] = gradientOf(real, [0.25]);
    const [atFake = NaN] = gradientOf(fake, [0.25]);
    const [atGenerator = NaN] = gradientOf(generator, [0.25]);
    expect([atReal < 0, atFake > 0, atGenerator < 0]).toEqual([true, true, true]);
  });
});
