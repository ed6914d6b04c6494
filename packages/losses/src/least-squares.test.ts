import { tensor1d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { fakeLeastSquaresLoss, generatorLeastSquaresLoss, realLeastSquaresLoss } from './least-squares.js';
import { selectBackend } from './testing/backends.js';
import { describeLogitLoss } from './testing/logit-loss-properties.js';
import { gradientOf, valueOf, worstError } from './testing/numbers.js';

const FAMILY = [
  { name: 'realLeastSquaresLoss', loss: realLeastSquaresLoss, usual: 1 },
  { name: 'fakeLeastSquaresLoss', loss: fakeLeastSquaresLoss, usual: 0 },
  { name: 'generatorLeastSquaresLoss', loss: generatorLeastSquaresLoss, usual: 1 },
] as const;

for (const { name, loss, usual } of FAMILY) {
  describeLogitLoss({ name, loss, exact: (l) => (l - usual) ** 2 / 2 });
  describeLogitLoss({ name, loss: (logits, options) => loss(logits, { ...options, target: -0.75 }), exact: (l) => (l + 0.75) ** 2 / 2 });
}

describe.each(FAMILY)('$name', ({ name, loss, usual }) => {
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
