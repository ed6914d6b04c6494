import { grad, sum, square, tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  discriminatorAdversarialLoss,
  fakeLogisticLoss,
  nonSaturatingLogisticLoss,
  realLogisticLoss,
  saturatingLogisticLoss,
} from './adversarial.js';
import { batchOf, float32, reversedRows } from './testing/arbitraries.js';
import { BACKENDS, selectBackend, tensorsLeft } from './testing/backends.js';
import { gradientOf, mean64, numericalGradient, softplus64, valueOf, valuesOf, worstError } from './testing/numbers.js';

const FAMILY = [
  { name: 'realLogisticLoss', loss: realLogisticLoss, exact: (l: number) => softplus64(-l), slope: -1 },
  { name: 'fakeLogisticLoss', loss: fakeLogisticLoss, exact: softplus64, slope: 1 },
  { name: 'nonSaturatingLogisticLoss', loss: nonSaturatingLogisticLoss, exact: (l: number) => softplus64(-l), slope: -1 },
  { name: 'saturatingLogisticLoss', loss: saturatingLogisticLoss, exact: (l: number) => -softplus64(l), slope: -1 },
] as const;

const EXTREME = [-1e4, -200, -30, -5, -0.5, 0, 0.001, 0.5, 5, 30, 200, 1e4];

describe.each(BACKENDS)('adversarial losses on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test.each(FAMILY)('$name equals the float64 logistic loss on ordinary and extreme logits', ({ loss, exact }) => {
    const each = valuesOf(() => loss(tensor1d(EXTREME), { reduction: 'none' }));
    expect(worstError(each, EXTREME.map(exact))).toBeLessThan(3e-7);
  });

  test.each(FAMILY)('$name is exact where it is linear or zero', ({ loss, exact }) => {
    const far = [-1e4, -200, 200, 1e4];
    const each = valuesOf(() => loss(tensor1d(far), { reduction: 'none' }));
    // The far sides are 0 to within e⁻²⁰⁰, below the smallest float32.
    expect(each.map(Math.abs)).toEqual(far.map((l) => Math.abs(Math.round(exact(l)))));
  });

  test.each(FAMILY)('the gradient of $name is that of the float64 loss, with its mean over the batch', ({ loss, exact }) => {
    const logits = EXTREME.filter((l) => Math.abs(l) < 100);
    const expected = numericalGradient((x) => mean64(x.map(exact)), logits);
    expect(worstError(gradientOf(loss, logits), expected)).toBeLessThan(1e-7);
  });

  test.each(FAMILY)('$name differentiates again: the derivative of its squared gradient is right', ({ loss, exact }) => {
    const logits = [-5, -0.5, 0, 0.5, 5];
    const squared = (x: Tensor): Tensor => sum(square(grad((l: Tensor) => loss(l, { reduction: 'sum' }))(x)));
    const slope = (l: number): number => numericalGradient(([at = NaN]) => exact(at), [l], 1e-4)[0] ?? NaN;
    const expected = logits.map((l) => numericalGradient(([at = NaN]) => slope(at) ** 2, [l], 1e-3)[0] ?? NaN);
    expect(worstError(gradientOf(squared, logits), expected)).toBeLessThan(1e-5);
  });
});

describe('adversarial losses', () => {
  beforeAll(() => selectBackend('cpu'));

  const batches = batchOf(1, 50).map(({ shape, tensors: [logits = []] }) => ({ shape, logits }));

  test.each(FAMILY)('$name has one sign everywhere, and falls or rises as its player wants', ({ name, loss, slope }) => {
    const sign = name === 'saturatingLogisticLoss' ? -1 : 1;
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

  test.each(FAMILY)('$name of logits up to 1e4 is finite, and its slope is within [−1, 1]', ({ loss }) => {
    fc.assert(
      fc.property(float32(1e4), (logit) => {
        expect(Number.isFinite(valueOf(() => loss(tensor1d([logit]))))).toBe(true);
        expect(Math.abs(gradientOf(loss, [logit])[0] ?? NaN)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test.each(FAMILY)('the reductions of $name agree, over one logit or several a sample', ({ loss, exact }) => {
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

  test.each(FAMILY)('$name does not depend on the order of the samples', ({ loss }) => {
    fc.assert(
      fc.property(batches, ({ shape, logits }) => {
        const value = valueOf(() => loss(tensor2d(logits, shape)));
        const reversed = valueOf(() => loss(tensor2d(reversedRows(logits, shape[1]), shape)));
        expect(worstError([reversed], [value])).toBeLessThan(1e-6);
      }),
    );
  });

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

  test('an undecided discriminator pays 2·log 2, and the literal generator loss is the other side of its fake part', () => {
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
    for (const { loss } of FAMILY) {
      for (const reduction of ['mean', 'none', 'sum'] as const) {
        expect(tensorsLeft(() => loss(logits, { reduction }))).toBe(1);
        expect(tensorsLeft(() => discriminatorAdversarialLoss(logits, logits, { reduction }))).toBe(1);
      }
      expect(tensorsLeft(() => grad(loss)(logits))).toBe(1);
    }
  });
});
