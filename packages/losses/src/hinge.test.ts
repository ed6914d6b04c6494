import { tensor1d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { fakeHingeLoss, generatorHingeLoss, realHingeLoss } from './hinge.js';
import { float32 } from './testing/arbitraries.js';
import { selectBackend } from './testing/backends.js';
import { describeLogitLoss } from './testing/logit-loss-properties.js';
import { gradientOf, valueOf, worstError } from './testing/numbers.js';

describeLogitLoss({ name: 'realHingeLoss', loss: realHingeLoss, exact: (l) => Math.max(0, 1 - l) });
describeLogitLoss({ name: 'fakeHingeLoss', loss: fakeHingeLoss, exact: (l) => Math.max(0, 1 + l) });
describeLogitLoss({ name: 'generatorHingeLoss', loss: generatorHingeLoss, exact: (l) => -l });

describe('the hinge losses', () => {
  beforeAll(() => selectBackend('cpu'));
  const real = (l: number): number => valueOf(() => realHingeLoss(tensor1d([l])));
  const fake = (l: number): number => valueOf(() => fakeHingeLoss(tensor1d([l])));

  test('charge the discriminator nothing, with no gradient, from a margin of 1 on', () => {
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

  test('sum to max(2, 1 + |l|), so no discriminator can be pleased with one logit for both', () => {
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
