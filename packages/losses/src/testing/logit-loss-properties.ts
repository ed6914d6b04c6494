import { grad, square, sub, sum, tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { LossOptions } from '../reduction.js';
import { batchOf, float32, reversedRows } from './arbitraries.js';
import { BACKENDS, selectBackend, tensorsLeft } from './backends.js';
import { gradient64, gradientOf, mean64, numericalGradient, valueOf, valuesOf, worstError } from './numbers.js';

/** A loss of single logits, and what it should be. */
export interface LogitLossCase {
  readonly name: string;
  readonly loss: (logits: Tensor, options?: LossOptions) => Tensor;
  /** The loss of one logit in float64. */
  readonly exact: (logit: number) => number;
}

// Nothing here is a corner of any of the losses.
const SMOOTH = [-30, -5, -1.5, -0.5, 0.25, 0.5, 2, 5, 30];
const EXTREME = [-1e4, -200, ...SMOOTH, 200, 1e4];
const batches = batchOf(1, 50).map(({ shape, tensors: [logits = []] }) => ({ shape, logits }));

/** The laws of a loss that is a mean over logits. */
export function describeLogitLoss({ name, loss, exact }: LogitLossCase): void {
  describe.each(BACKENDS)(`${name} on %s`, (backend) => {
    beforeAll(() => selectBackend(backend));

    test('equals its formula in float64 on ordinary and extreme logits', () => {
      const each = valuesOf(() => loss(tensor1d(EXTREME), { reduction: 'none' }));
      expect(worstError(each, EXTREME.map(exact))).toBeLessThan(3e-7);
    });

    test('its gradient is that of the float64 loss, with its mean over the batch', () => {
      const expected = numericalGradient((x) => mean64(x.map(exact)), SMOOTH);
      expect(worstError(gradientOf(loss, SMOOTH), expected)).toBeLessThan(1e-6);
    });

    test('differentiates again behind a critic: the derivative of its squared gradient is right', () => {
      // Logits x² − 2, as a gradient penalty would see them; the loss alone may have a constant gradient.
      const at = [-2.5, -1.5, -0.5, 0.25, 0.75, 2, 3];
      const squared = (x: Tensor): Tensor => sum(square(grad((p: Tensor) => loss(sub(square(p), 2), { reduction: 'sum' }))(x)));
      const slope = (x: number): number => gradient64(([p = NaN]) => exact(p ** 2 - 2), [x], 1e-3)[0] ?? NaN;
      const expected = at.map((x) => gradient64(([p = NaN]) => slope(p) ** 2, [x], 1e-3)[0] ?? NaN);
      expect(worstError(gradientOf(squared, at), expected)).toBeLessThan(1e-5);
    });
  });

  describe(name, () => {
    beforeAll(() => selectBackend('cpu'));

    test('is finite with a finite gradient for logits up to 1e4', () => {
      fc.assert(
        fc.property(float32(1e4), (logit) => {
          expect([valueOf(() => loss(tensor1d([logit]))), ...gradientOf(loss, [logit])].every(Number.isFinite)).toBe(true);
        }),
      );
    });

    test('is convex: between two logits it is never above the chord', () => {
      fc.assert(
        fc.property(float32(50), float32(50), fc.integer({ min: 0, max: 16 }), (a, b, sixteenths) => {
          const t = sixteenths / 16;
          const [atA = NaN, atB = NaN, between = NaN] = valuesOf(() => loss(tensor1d([a, b, t * a + (1 - t) * b]), { reduction: 'none' }));
          expect(between).toBeLessThanOrEqual(t * atA + (1 - t) * atB + 1e-3);
        }),
      );
    });

    test('has reductions that agree, over one logit or several a sample', () => {
      fc.assert(
        fc.property(batches, ({ shape: [batch, patches], logits }) => {
          const logit = (): Tensor => tensor2d(logits, [batch, patches]);
          const expected = Array.from({ length: batch }, (_, row) => mean64(logits.slice(row * patches, (row + 1) * patches).map(exact)));
          expect(
            worstError(
              valuesOf(() => loss(logit(), { reduction: 'none' })),
              expected,
              50,
            ),
          ).toBeLessThan(1e-6);
          expect(worstError([valueOf(() => loss(logit(), { reduction: 'sum' }))], [mean64(expected) * batch], 50)).toBeLessThan(1e-6);
          expect(worstError([valueOf(() => loss(logit()))], [mean64(expected)], 50)).toBeLessThan(1e-6);
        }),
      );
    });

    test('does not depend on the order of the samples', () => {
      fc.assert(
        fc.property(batches, ({ shape, logits }) => {
          const value = valuesOf(() => loss(tensor2d(logits, shape), { reduction: 'none' }));
          const reversed = valuesOf(() => loss(tensor2d(reversedRows(logits, shape[1]), shape), { reduction: 'none' }));
          expect(worstError(reversed, [...value].reverse(), 50)).toBeLessThan(1e-6);
        }),
      );
    });

    test('refuses unusable logits by name', () => {
      expect(() => loss(tensor1d([1], 'int32'))).toThrow(`${name}: `);
      expect(() => loss(tensor1d([1], 'int32'))).toThrow('must be float32, got int32; convert it with tf.cast');
      expect(() => loss(tensor([]))).toThrow('must be [batch, ...] with at least one sample, got shape [0]');
    });

    test('leaves nothing but the result in memory', () => {
      const logits = tensor2d([1, 2, 3], [3, 1]);
      for (const reduction of ['mean', 'none', 'sum'] as const) expect(tensorsLeft(() => loss(logits, { reduction }))).toBe(1);
      expect(tensorsLeft(() => grad(loss)(logits))).toBe(1);
      expect(valuesOf(() => logits.clone())).toEqual([1, 2, 3]);
    });
  });
}
