import { grad, scalar, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { lecamPenalty, updateLecamAnchors, type LecamAnchors } from './lecam.js';
import { batchOf, float32, reversedRows } from './testing/arbitraries.js';
import { selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { gradientOf, mean64, rows, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';

const anchorsOf = (real: number, fake: number): LecamAnchors => ({ real: scalar(real), fake: scalar(fake) });
const REAL = { values: [0.5, -1, 2], shape: [3] };
const FAKE = { values: [-0.25, 1, -2], shape: [3] };

describeDerivatives({
  name: 'lecamPenalty',
  inputs: [REAL, FAKE, { values: [0.75], shape: [] }, { values: [-0.5], shape: [] }],
  constants: [2, 3],
  loss: (real, fake, r, f) => lecamPenalty(real, fake, { real: r, fake: f } as LecamAnchors),
  exact: (real, fake, [r = NaN], [f = NaN]) => mean64(real.map((l) => (l - f) ** 2)) + mean64(fake.map((l) => (l - r) ** 2)),
});
describeDerivatives({
  name: 'lecamPenalty, one-sided',
  inputs: [REAL, FAKE],
  loss: (real, fake) => lecamPenalty(real, fake, anchorsOf(0.75, -0.5), { oneSided: true }),
  exact: (real, fake) => mean64(real.map((l) => Math.max(0, l + 0.5) ** 2)) + mean64(fake.map((l) => Math.max(0, 0.75 - l) ** 2)),
});

const cases = fc.tuple(batchOf(2, 8), float32(4), float32(4)).map(
  ([
    {
      shape,
      tensors: [real = [], fake = []],
    },
    r,
    f,
  ]) => ({ shape, real, fake, r, f }),
);
describe('lecamPenalty', () => {
  beforeAll(() => selectBackend('cpu'));
  const value = (real: number[], fake: number[], r: number, f: number, oneSided = false): number =>
    valueOf(() => lecamPenalty(tensor1d(real), tensor1d(fake), anchorsOf(r, f), { oneSided }));

  test('is the squared distance of each side from the other side’s anchor, and its reductions agree', () => {
    fc.assert(
      fc.property(cases, ({ shape, real, fake, r, f }) => {
        const others = rows(fake, shape[1]);
        const each = rows(real, shape[1]).map(
          (row, i) => mean64(row.map((l) => (l - f) ** 2)) + mean64(others[i]!.map((l) => (l - r) ** 2)),
        );
        expectReductions((options) => lecamPenalty(tensor2d(real, shape), tensor2d(fake, shape), anchorsOf(r, f), options), each, 3e-6);
      }),
    );
  });

  test('is never negative, and 0 where each side sits on the other’s anchor', () => {
    fc.assert(
      fc.property(cases, ({ real, fake, r, f }) => {
        expect(value(real, fake, r, f)).toBeGreaterThanOrEqual(0);
        expect(value([f], [r], r, f)).toBe(0);
      }),
    );
  });

  test('does not change when logits and anchors move together', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: -8, max: 8 }), ({ real, fake, r, f }, shift) => {
        const moved = value(
          real.map((l) => l + shift),
          fake.map((l) => l + shift),
          r + shift,
          f + shift,
        );
        expect(worstError([moved], [value(real, fake, r, f)])).toBeLessThan(3e-5);
      }),
    );
  });

  test('real and generated change places when every sign does', () => {
    fc.assert(
      fc.property(cases, fc.boolean(), ({ real, fake, r, f }, oneSided) => {
        const mirrored = value(
          fake.map((l) => -l),
          real.map((l) => -l),
          -f,
          -r,
          oneSided,
        );
        expect(worstError([mirrored], [value(real, fake, r, f, oneSided)])).toBeLessThan(1e-6);
      }),
    );
  });

  test('is, one-sided, never larger, and 0 where logits are short of the anchors', () => {
    fc.assert(
      fc.property(cases, ({ real, fake, r, f }) => {
        expect(value(real, fake, r, f, true)).toBeLessThanOrEqual(value(real, fake, r, f) + 1e-5);
        expect(
          value(
            real.map((l) => f - Math.abs(l)),
            fake.map((l) => r + Math.abs(l)),
            r,
            f,
            true,
          ),
        ).toBe(0);
      }),
    );
  });

  test('pulls real logits to the anchor of generated ones, and the other way', () => {
    fc.assert(
      fc.property(cases, ({ real, fake, r, f }) => {
        const ofReal = gradientOf((l) => lecamPenalty(l, tensor1d(fake), anchorsOf(r, f)), real);
        expect(
          worstError(
            ofReal,
            real.map((l) => (2 * (l - f)) / real.length),
          ),
        ).toBeLessThan(1e-6);
        const ofFake = gradientOf((l) => lecamPenalty(tensor1d(real), l, anchorsOf(r, f)), fake);
        expect(
          worstError(
            ofFake,
            fake.map((l) => (2 * (l - r)) / fake.length),
          ),
        ).toBeLessThan(1e-6);
      }),
    );
  });

  test('does not depend on the order of the samples', () => {
    fc.assert(
      fc.property(cases, ({ shape, real, fake, r, f }) => {
        const each = (a: number[], b: number[]): number[] =>
          valuesOf(() => lecamPenalty(tensor2d(a, shape), tensor2d(b, shape), anchorsOf(r, f), { reduction: 'none' }));
        expect(each(reversedRows(real, shape[1]), reversedRows(fake, shape[1]))).toEqual(each(real, fake).reverse());
      }),
    );
  });

  test('is finite in value and gradient for logits and anchors up to 1e4', () => {
    fc.assert(
      fc.property(float32(1e4), float32(1e4), float32(1e4), fc.boolean(), (l, r, f, oneSided) => {
        const gradient = gradientOf((x) => lecamPenalty(x, x, anchorsOf(r, f), { oneSided }), [l]);
        expect([value([l], [l], r, f, oneSided), ...gradient].every(Number.isFinite)).toBe(true);
      }),
    );
  });

  test('refuses logits that do not fit where each sample has a value, and leaves nothing in memory', () => {
    const anchors = anchorsOf(1, 2);
    expect(() => lecamPenalty(tensor1d([1]), tensor1d([1, 2]), anchors, { reduction: 'none' })).toThrow(
      'lecamPenalty: realLogits and fakeLogits must have the same shape, got [1] and [2]',
    );
    expect(valueOf(() => lecamPenalty(tensor1d([2]), tensor1d([1, 3]), anchors))).toBe(2);
    const logits = tensor1d([1, 2]);
    expect(tensorsLeft(() => lecamPenalty(logits, logits, anchors))).toBe(1);
    expect(tensorsLeft(() => grad((l: Tensor) => lecamPenalty(l, l, anchors, { oneSided: true }))(logits))).toBe(1);
  });
});

describe('updateLecamAnchors', () => {
  beforeAll(() => selectBackend('cpu'));
  const read = ({ real, fake }: LecamAnchors): number[] => [valueOf(() => real.clone()), valueOf(() => fake.clone())];

  test('starts from the first means, and then is the exponential average of float64', () => {
    fc.assert(
      fc.property(fc.array(batchOf(2, 8), { minLength: 1, maxLength: 5 }), fc.constantFrom(0, 0.5, 0.99), (steps, decay) => {
        let anchors: LecamAnchors | undefined;
        let expected: number[] | undefined;
        for (const {
          tensors: [real = [], fake = []],
        } of steps) {
          const means = [mean64(real), mean64(fake)];
          expected = expected === undefined ? means : expected.map((before, i) => decay * before + (1 - decay) * means[i]!);
          anchors = updateLecamAnchors(anchors, tensor1d(real), tensor1d(fake), { decay });
        }
        expect(worstError(read(anchors!), expected!)).toBeLessThan(1e-5);
      }),
    );
  });

  test('stays within the range of the logits seen', () => {
    fc.assert(
      fc.property(float32(100), float32(100), fc.integer({ min: 0, max: 99 }), (before, now, percent) => {
        const [real = NaN] = read(updateLecamAnchors(anchorsOf(before, 0), tensor1d([now]), tensor1d([0]), { decay: percent / 100 }));
        expect(real).toBeGreaterThanOrEqual(Math.min(before, now) - 1e-4);
        expect(real).toBeLessThanOrEqual(Math.max(before, now) + 1e-4);
      }),
    );
  });

  test('gives constants: a penalty on logits does not reach them through their own anchor', () => {
    expect(() => grad((l: Tensor) => updateLecamAnchors(undefined, l, tensor1d([0])).real)(tensor1d([1]))).toThrow(
      'Cannot compute gradient',
    );
    const penalty = (l: Tensor): Tensor => lecamPenalty(l, tensor1d([0]), updateLecamAnchors(undefined, tensor1d([0]), l));
    // mean (l − mean l)² as if the mean were fixed: 2 (l − mean) / n.
    expect(worstError(gradientOf(penalty, [1, 3]), [-1, 1])).toBeLessThan(1e-6);
    const total = (l: Tensor): Tensor => lecamPenalty(tensor1d([0]), l, updateLecamAnchors(undefined, l, tensor1d([0])));
    expect(worstError(gradientOf(total, [5]), [0])).toBeLessThan(1e-6);
  });

  test('leaves the old anchors to their owner, makes two tensors, and refuses a decay out of range', () => {
    const old = anchorsOf(1, 2);
    const logits = tensor1d([1, 2]);
    expect(tensorsLeft(() => updateLecamAnchors(old, logits, logits))).toBe(2);
    expect(tensorsLeft(() => updateLecamAnchors(undefined, logits, logits))).toBe(2);
    expect(read(old)).toEqual([1, 2]);
    expect(() => updateLecamAnchors(old, logits, logits, { decay: 1 })).toThrow('updateLecamAnchors: decay must be in [0, 1), got 1');
  });
});
