import { grad, square, sum, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LossOptions } from '../reduction.js';
import { batchOf, float32, reversedRows } from './arbitraries.js';
import { BACKENDS, selectBackend, tensorsLeft } from './backends.js';
import { gradientOf, mean64, numericalGradient, valueOf, valuesOf, worstError } from './numbers.js';

/** A logistic loss, and what it should be. */
export interface LogisticLossCase {
  readonly name: string;
  readonly loss: (logits: Tensor, options?: LossOptions) => Tensor;
  /** The loss of one logit in float64. */
  readonly exact: (logit: number) => number;
  /** Its sign everywhere. */
  readonly sign: 1 | -1;
  /** The sign of its slope everywhere. */
  readonly slope: 1 | -1;
}

const EXTREME = [-1e4, -200, -30, -5, -0.5, 0, 0.001, 0.5, 5, 30, 200, 1e4];
const batches = batchOf(1, 50).map(({ shape, tensors: [logits = []] }) => ({ shape, logits }));

/** The laws of softplus in all its forms: tighter ones than those of any loss of logits, for it is smooth everywhere. */
export function describeLogisticLoss({ name, loss, exact, sign, slope }: LogisticLossCase): void {
  describe.each(BACKENDS)(`${name} on %s`, (backend) => {
    beforeAll(() => selectBackend(backend));

    test('equals the float64 logistic loss on ordinary and extreme logits', () => {
      const each = valuesOf(() => loss(tensor1d(EXTREME), { reduction: 'none' }));
      expect(worstError(each, EXTREME.map(exact))).toBeLessThan(3e-7);
    });

    test('is exact where it is linear or zero', () => {
      const far = [-1e4, -200, 200, 1e4];
      const each = valuesOf(() => loss(tensor1d(far), { reduction: 'none' }));
      // The far sides are 0 to within e⁻²⁰⁰, below the smallest float32.
      expect(each.map(Math.abs)).toEqual(far.map((l) => Math.abs(Math.round(exact(l)))));
    });

    test('has the gradient of the float64 logistic loss, with its mean over the batch', () => {
      const logits = EXTREME.filter((l) => Math.abs(l) < 100);
      const expected = numericalGradient((x) => mean64(x.map(exact)), logits);
      expect(worstError(gradientOf(loss, logits), expected)).toBeLessThan(1e-7);
    });

    test('differentiates again: the derivative of its squared gradient is right', () => {
      const logits = [-5, -0.5, 0, 0.5, 5];
      const squared = (x: Tensor): Tensor => sum(square(grad((l: Tensor) => loss(l, { reduction: 'sum' }))(x)));
      const slopeAt = (l: number): number => numericalGradient(([at = NaN]) => exact(at), [l], 1e-4)[0] ?? NaN;
      const expected = logits.map((l) => numericalGradient(([at = NaN]) => slopeAt(at) ** 2, [l], 1e-3)[0] ?? NaN);
      expect(worstError(gradientOf(squared, logits), expected)).toBeLessThan(1e-5);
    });
  });

  describe(name, () => {
    beforeAll(() => selectBackend('cpu'));

    test('has one sign everywhere, and falls or rises as its player wants', () => {
      fc.assert(
        fc.property(fc.integer({ min: -1000, max: 1000 }), (hundredths) => {
          const logit = hundredths / 100;
          expect(sign * valueOf(() => loss(tensor1d([logit])))).toBeGreaterThan(0);
          expect(slope * (gradientOf(loss, [logit])[0] ?? NaN)).toBeGreaterThan(0);
          const [here = NaN, further = NaN] = valuesOf(() => loss(tensor1d([logit, logit + 0.5]), { reduction: 'none' }));
          expect(slope * (further - here)).toBeGreaterThan(0);
        }),
      );
    });

    test('is finite for logits up to 1e4, with a slope within [−1, 1]', () => {
      fc.assert(
        fc.property(float32(1e4), (logit) => {
          expect(Number.isFinite(valueOf(() => loss(tensor1d([logit]))))).toBe(true);
          expect(Math.abs(gradientOf(loss, [logit])[0] ?? NaN)).toBeLessThanOrEqual(1);
        }),
      );
    });

    test('has reductions that agree to 1e-6, over one logit or several a sample', () => {
      fc.assert(
        fc.property(batches, ({ shape: [batch, patches], logits }) => {
          const each = valuesOf(() => loss(tensor2d(logits, [batch, patches]), { reduction: 'none' }));
          const expected = Array.from({ length: batch }, (_, row) => mean64(logits.slice(row * patches, (row + 1) * patches).map(exact)));
          expect(worstError(each, expected)).toBeLessThan(1e-6);
          expect(worstError([valueOf(() => loss(tensor2d(logits, [batch, patches])))], [mean64(expected)])).toBeLessThan(1e-6);
          const total = valueOf(() => loss(tensor2d(logits, [batch, patches]), { reduction: 'sum' }));
          expect(worstError([total], [mean64(expected) * batch])).toBeLessThan(1e-6);
        }),
      );
    });

    test('has a mean that does not depend on the order of the samples', () => {
      fc.assert(
        fc.property(batches, ({ shape, logits }) => {
          const value = valueOf(() => loss(tensor2d(logits, shape)));
          const reversed = valueOf(() => loss(tensor2d(reversedRows(logits, shape[1]), shape)));
          expect(worstError([reversed], [value])).toBeLessThan(1e-6);
        }),
      );
    });

    test('leaves nothing but the result in memory', () => {
      const logits = tensor2d([1, 2, 3], [3, 1]);
      for (const reduction of ['mean', 'none', 'sum'] as const) expect(tensorsLeft(() => loss(logits, { reduction }))).toBe(1);
      expect(tensorsLeft(() => grad(loss)(logits))).toBe(1);
    });
  });
}
