import { grads, scalar, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { discriminatorObjective, generatorObjective } from './objective.js';
import { float32 } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { valueOf, valuesOf, worstError } from './testing/numbers.js';

const term = float32(100);
const weight = fc.integer({ min: 0, max: 1000 }).map((n) => n / 100);

beforeAll(() => selectBackend('cpu'));

describe('discriminatorObjective', () => {
  test('is equation (5): real + fake + λ·R1', () => {
    fc.assert(
      fc.property(term, term, term, weight, (real, fake, r1, lambdaR1) => {
        const value = valueOf(() => discriminatorObjective({ real: scalar(real), fake: scalar(fake), r1: scalar(r1) }, { lambdaR1 }));
        expect(worstError([value], [real + fake + lambdaR1 * r1], 100)).toBeLessThan(1e-6);
      }),
    );
  });

  test('weighs R1 with 1 by default, and leaves it out when it is not given', () => {
    const terms = { real: scalar(1), fake: scalar(2), r1: scalar(4) };
    expect(valueOf(() => discriminatorObjective(terms))).toBe(7);
    expect(valueOf(() => discriminatorObjective({ real: scalar(1), fake: scalar(2) }))).toBe(3);
  });

  test('refuses weights and shapes that cannot be meant', () => {
    const terms = { real: scalar(1), fake: scalar(2), r1: scalar(4) };
    expect(() => discriminatorObjective(terms, { lambdaR1: -1 })).toThrow(
      'discriminatorObjective: lambdaR1 must be a finite number ≥ 0, got -1',
    );
    expect(() => discriminatorObjective({ ...terms, r1: tensor1d([1, 2]) })).toThrow(
      'real and r1 must have the same shape, got [] and [2]',
    );
  });
});

describe('generatorObjective', () => {
  test('is equation (6), where diversity is subtracted', () => {
    fc.assert(
      fc.property(fc.tuple(term, term, term, term), fc.tuple(weight, weight, weight), ([a, s, d, c], [ls, ld, lc]) => {
        const value = valueOf(() =>
          generatorObjective(
            { adversarial: scalar(a), style: scalar(s), diversity: scalar(d), cycle: scalar(c) },
            { lambdaStyle: ls, lambdaDiversity: ld, lambdaCycle: lc },
          ),
        );
        expect(worstError([value], [a + ls * s - ld * d + lc * c], 1000)).toBeLessThan(1e-6);
      }),
    );
  });

  test('its gradient with respect to each term is that term’s weight, with its sign', () => {
    const objective = (adversarial: Tensor, style: Tensor, diversity: Tensor, cycle: Tensor): Tensor =>
      generatorObjective({ adversarial, style, diversity, cycle }, { lambdaStyle: 2, lambdaDiversity: 3, lambdaCycle: 5 });
    const gradients = grads(objective)([scalar(1), scalar(1), scalar(1), scalar(1)]);
    expect(gradients.map((g) => valueOf(() => g))).toEqual([1, 2, -3, 5]);
  });

  test('terms may be per sample, and may be left out', () => {
    const each = valuesOf(() => generatorObjective({ adversarial: tensor1d([1, 2]), cycle: tensor1d([10, 20]) }));
    expect(each).toEqual([11, 22]);
  });

  test('refuses weights and shapes that cannot be meant', () => {
    expect(() => generatorObjective({ adversarial: scalar(1) }, { lambdaStyle: NaN })).toThrow(
      'generatorObjective: lambdaStyle must be a finite number ≥ 0, got NaN',
    );
    expect(() => generatorObjective({ adversarial: scalar(1), diversity: tensor1d([1]) })).toThrow(
      'generatorObjective: adversarial and diversity must have the same shape, got [] and [1]',
    );
  });

  test('nothing but the result is left in memory', () => {
    const one = scalar(1);
    expect(tensorsLeft(() => generatorObjective({ adversarial: one, style: one, diversity: one, cycle: one }))).toBe(1);
    expect(tensorsLeft(() => generatorObjective({ adversarial: one }))).toBe(1);
    expect(tensorsLeft(() => discriminatorObjective({ real: one, fake: one, r1: one }))).toBe(1);
    expect(tensorsLeft(() => discriminatorObjective({ real: one, fake: one }))).toBe(1);
    expect(valueOf(() => one)).toBe(1);
  });
});
