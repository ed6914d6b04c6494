import { dispose, fill, grad, oneHot, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { valueAndGradients } from '@stargan/ops';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { fakeLogisticLoss, realLogisticLoss } from './adversarial.js';
import { classificationLoss, multiLabelLoss, type ClassLabels } from './classification.js';
import { batchOf, float32, reversedRows } from './testing/arbitraries.js';
import { BACKENDS, selectBackend, tensorsLeft } from './testing/backends.js';
import { describeDerivatives } from './testing/derivatives.js';
import { gradient64, gradientOf, mean64, softplus64, rows, sum64, valueOf, valuesOf, worstError } from './testing/numbers.js';
import { expectReductions } from './testing/reductions.js';

function crossEntropy64(logits: readonly number[], label: number): number {
  const most = Math.max(...logits);
  return Math.log(sum64(logits.map((l) => Math.exp(l - most)))) + most - logits[label]!;
}
const softmaxOf64 = (logits: number[], width: number, labels: readonly number[]): number[] =>
  rows(logits, width).map((row, i) => crossEntropy64(row, labels[i]!));
const binary64 = (l: number, t: number): number => t * softplus64(-l) + (1 - t) * softplus64(l);

describeDerivatives({
  name: 'classificationLoss',
  inputs: [{ values: [0.5, -1, 2, 1.5, 0, -0.25], shape: [2, 3] }],
  loss: (logits) => classificationLoss(logits, [2, 0]),
  exact: (logits) => mean64(softmaxOf64(logits, 3, [2, 0])),
});
describeDerivatives({
  name: 'multiLabelLoss',
  inputs: [
    { values: [0.5, -1, 2, 1.5, 0, -0.25], shape: [2, 3] },
    { values: [1, 0, 0.25, 1, 1, 0], shape: [2, 3] },
  ],
  loss: (logits, targets) => multiLabelLoss(logits, targets),
  exact: (logits, targets) => mean64(logits.map((l, i) => binary64(l, targets[i]!))),
});

describeDerivatives({
  name: 'classificationLoss with label smoothing',
  inputs: [{ values: [0.5, -1, 2, 1.5, 0, -0.25], shape: [2, 3] }],
  loss: (logits) => classificationLoss(logits, [2, 0], { smoothing: 0.25 }),
  exact: (logits) =>
    mean64(
      rows(logits, 3).map((row, i) => 0.75 * crossEntropy64(row, [2, 0][i]!) + 0.25 * mean64([0, 1, 2].map((k) => crossEntropy64(row, k)))),
    ),
});
describeDerivatives({
  name: 'multiLabelLoss with label smoothing',
  inputs: [
    { values: [0.5, -1, 2, 1.5, 0, -0.25], shape: [2, 3] },
    { values: [1, 0, 0.25, 1, 1, 0], shape: [2, 3] },
  ],
  loss: (logits, targets) => multiLabelLoss(logits, targets, { smoothing: 0.25 }),
  exact: (logits, targets) => mean64(logits.map((l, i) => binary64(l, 0.75 * targets[i]! + 0.125))),
});

describe('label smoothing', () => {
  beforeAll(() => selectBackend('cpu'));
  const smoothing = 0.25;
  const logits = (): Tensor => tensor2d([0.5, -1, 2, 1.5, 0, -0.25], [2, 3]);
  const each = (labels: ClassLabels): number[] => valuesOf(() => classificationLoss(logits(), labels, { smoothing, reduction: 'none' }));

  test('is the same for numbers, tensors of numbers, one-hot labels, and soft targets made beforehand', () => {
    const expected = each([2, 0]);
    const soft = [
      [smoothing / 3, smoothing / 3, 1 - (2 * smoothing) / 3],
      [1 - (2 * smoothing) / 3, smoothing / 3, smoothing / 3],
    ];
    expect(worstError(each(tensor1d([2, 0], 'int32')), expected)).toBeLessThan(1e-6);
    expect(worstError(each(oneHot(tensor1d([2, 0], 'int32'), 3)), expected)).toBeLessThan(1e-6);
    const made = valuesOf(() => classificationLoss(logits(), soft, { reduction: 'none' }));
    expect(worstError(made, expected)).toBeLessThan(1e-6);
  });

  test('keeps the sum of weights, and a number that is no class infinite', () => {
    const weights = [2, 0.5, 1];
    const [value = NaN] = valuesOf(() => classificationLoss(tensor2d([[1, 2, -1]]), tensor2d([weights]), { smoothing }));
    const mean = mean64(weights);
    const expected = sum64(weights.map((w, k) => ((1 - smoothing) * w + smoothing * mean) * crossEntropy64([1, 2, -1], k)));
    expect(worstError([value], [expected])).toBeLessThan(1e-6);
    expect(Number.isFinite(each(tensor1d([7, 0], 'int32'))[0])).toBe(false);
    expect(Number.isFinite(each(tensor1d([7, 0], 'int32'))[1])).toBe(true);
  });

  test('of 1 says nothing about the class: every label gives the same loss', () => {
    fc.assert(
      fc.property(batchOf(1, 20), ({ shape, tensors: [values = []] }) => {
        const of = (label: number): number[] =>
          valuesOf(() =>
            classificationLoss(tensor2d(values, shape), Array<number>(shape[0]).fill(label), { smoothing: 1, reduction: 'none' }),
          );
        expect(worstError(of(0), of(shape[1] - 1))).toBeLessThan(1e-6);
      }),
    );
  });

  test('has its least loss at finite logits: the gradient is probability minus smoothed label', () => {
    const gradient = gradientOf((l) => classificationLoss(l, [2], { smoothing }), [0, 0, 0], [1, 3]);
    expect(worstError(gradient, [0.25, 0.25, -0.5])).toBeLessThan(1e-6);
    const best = [0, 0, Math.log((1 - (2 * smoothing) / 3) / (smoothing / 3))];
    expect(
      worstError(
        gradientOf((l) => classificationLoss(l, [2], { smoothing }), best, [1, 3]),
        [0, 0, 0],
      ),
    ).toBeLessThan(1e-6);
  });

  test('refuses a share that is none', () => {
    expect(() => classificationLoss(logits(), [2, 0], { smoothing: 1.5 })).toThrow(
      'classificationLoss: smoothing must be a number from 0 to 1, got 1.5',
    );
    expect(() => multiLabelLoss(logits(), logits(), { smoothing: NaN })).toThrow(
      'multiLabelLoss: smoothing must be a number from 0 to 1, got NaN',
    );
  });
});

describe.each(BACKENDS)('classification on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('is right on extreme logits: exact where it is linear, 0 where the answer is sure', () => {
    const each = valuesOf(() =>
      classificationLoss(tensor2d([1e4, -1e4, 0, 1e4, -1e4, 0, 5e3, 5e3, 5e3], [3, 3]), [0, 1, 2], { reduction: 'none' }),
    );
    expect(worstError(each, [0, 2e4, Math.log(3)])).toBeLessThan(1e-7);
    const attributes = valuesOf(() => multiLabelLoss(tensor1d([1e4, 1e4, -1e4, -1e4]), tensor1d([1, 0, 1, 0]), { reduction: 'none' }));
    expect(attributes).toEqual([0, 1e4, 1e4, 0]);
    const gradient = gradientOf(
      (l) => classificationLoss(l, [0, 1, 2], { reduction: 'sum' }),
      [1e4, -1e4, 0, 1e4, -1e4, 0, 5e3, 5e3, 5e3],
      [3, 3],
    );
    expect(worstError(gradient, [0, 0, 0, 1, -1, 0, 1 / 3, 1 / 3, -2 / 3])).toBeLessThan(1e-6);
  });
});

const labelled = batchOf(1, 20).chain(({ shape, tensors: [logits = []] }) =>
  fc.record({
    shape: fc.constant(shape),
    logits: fc.constant(logits),
    labels: fc.array(fc.integer({ min: 0, max: shape[1] - 1 }), { minLength: shape[0], maxLength: shape[0] }),
  }),
);

describe.each(BACKENDS)('labels in a tensor, on %s,', (backend) => {
  beforeAll(() => selectBackend(backend));
  const logits = [0.5, -1, 2, 1e4, 0, -1e4];
  const loss = (labels: ClassLabels): number[] =>
    valuesOf(() => classificationLoss(tensor2d(logits, [2, 3]), labels, { reduction: 'none' }));
  const expected = softmaxOf64(logits, 3, [2, 1]);

  test.each<[string, () => ClassLabels]>([
    ['[batch]', () => tensor1d([2, 1], 'int32')],
    ['[batch] of float32', () => tensor1d([2, 1])],
    ['[batch, 1]', () => tensor2d([2, 1], [2, 1], 'int32')],
    ['[batch, classes], one-hot', () => oneHot(tensor1d([2, 1], 'int32'), 3)],
    [
      'rows of an array',
      () => [
        [0, 0, 1],
        [0, 1, 0],
      ],
    ],
    ['a typed array', () => Int32Array.of(2, 1)],
  ])('%s, are as good as an array of numbers', (_, labels) => {
    expect(worstError(loss(labels()), expected)).toBeLessThan(1e-6);
  });

  test('that are no class make their sample infinite, and no other', () => {
    const [wrong, right] = loss(tensor1d([7, 1], 'int32'));
    expect(Number.isFinite(wrong)).toBe(false);
    expect(worstError([right!], [expected[1]!])).toBeLessThan(1e-6);
  });

  test('leave nothing behind, and no gradient flows to them', () => {
    const x = tensor2d(logits, [2, 3]);
    const labels = tensor2d([0.2, 0.3, 0.5, 1, 0, 0], [2, 3]);
    expect(tensorsLeft(() => classificationLoss(x, labels).dispose())).toBe(0);
    expect(valuesOf(() => valueAndGradients(({ t }) => classificationLoss(x, t), { t: labels }).gradients.t)).toEqual([0, 0, 0, 0, 0, 0]);
    dispose([x, labels]);
  });
});

describe('soft targets', () => {
  beforeAll(() => selectBackend('cpu'));

  test('give Σ weight · −log p, with its gradient, whatever the weights add up to', () => {
    const weights = [0.1, 0.2, 0.7, 0.5, 0.25, 0.5];
    const soft64 = (logits: number[]): number =>
      mean64(rows(logits, 3).map((row, i) => sum64(row.map((_, k) => weights[3 * i + k]! * crossEntropy64(row, k)))));
    const at = [0.5, -1, 2, 1.5, 0, -0.25];
    const loss = (l: Tensor): Tensor => classificationLoss(l, tensor2d(weights, [2, 3]));
    expect(worstError([valueOf(() => loss(tensor2d(at, [2, 3])))], [soft64(at)])).toBeLessThan(1e-6);
    expect(worstError(gradientOf(loss, at, [2, 3]), gradient64(soft64, at, 1e-3))).toBeLessThan(2e-6);
  });

  test('of another shape, and what are no labels, are refused by a sentence', () => {
    const logits = zeros<Rank.R2>([2, 3]);
    expect(() => classificationLoss(logits, zeros([2, 4]))).toThrow(
      'classificationLoss: labels must be [2] numbers or [2, 3] weights of classes, got float32 [2, 4]',
    );
    expect(() => classificationLoss(logits, undefined as never)).toThrow(
      'classificationLoss: labels must be a tensor or an array, got undefined',
    );
    expect(() => classificationLoss(logits, Promise.resolve([0, 1]) as never)).toThrow('got a promise; await it first');
    expect(() =>
      classificationLoss(logits, [
        [1, 0],
        [0, 1],
      ]),
    ).toThrow('every row of labels must hold 3 finite numbers, got [1, 0]');
  });

  test('of attributes may be whole numbers, and rows of an array', () => {
    const value = (targets: Parameters<typeof multiLabelLoss>[1]): number =>
      valueOf(() => multiLabelLoss(tensor2d([2, -1], [1, 2]), targets));
    expect([value(tensor2d([1, 0], [1, 2], 'int32')), value([[1, 0]])]).toEqual([
      value(tensor2d([1, 0], [1, 2])),
      value(tensor2d([1, 0], [1, 2])),
    ]);
  });
});

describe('classificationLoss', () => {
  beforeAll(() => selectBackend('cpu'));

  test('is the cross entropy of float64, never negative, and its reductions agree', () => {
    fc.assert(
      fc.property(labelled, ({ shape, logits, labels }) => {
        const exact = softmaxOf64(logits, shape[1], labels);
        expectReductions((options) => classificationLoss(tensor2d(logits, shape), labels, options), exact, 1e-6);
        expect(
          Math.min(...valuesOf(() => classificationLoss(tensor2d(logits, shape), labels, { reduction: 'none' }))),
        ).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('does not change when a number is added to all logits of a sample', () => {
    fc.assert(
      fc.property(labelled, fc.integer({ min: -100, max: 100 }), ({ shape, logits, labels }, shift) => {
        const value = (list: number[]): number => valueOf(() => classificationLoss(tensor2d(list, shape), labels));
        expect(worstError([value(logits.map((l) => l + shift))], [value(logits)])).toBeLessThan(2e-5);
      }),
    );
  });

  test('renaming the classes changes nothing', () => {
    fc.assert(
      fc.property(labelled, ({ shape, logits, labels }) => {
        const turned = rows(logits, shape[1]).flatMap((row) => [...row].reverse());
        const value = (list: number[], given: number[]): number => valueOf(() => classificationLoss(tensor2d(list, shape), given));
        const renamed = labels.map((label) => shape[1] - 1 - label);
        expect(worstError([value(turned, renamed)], [value(logits, labels)])).toBeLessThan(1e-6);
      }),
    );
  });

  test('has a gradient that sums to 0 over the classes, pulls the own class up and no other', () => {
    fc.assert(
      fc.property(labelled, ({ shape, logits, labels }) => {
        const gradient = rows(
          gradientOf((l) => classificationLoss(l, labels, { reduction: 'sum' }), logits, shape),
          shape[1],
        );
        gradient.forEach((row, i) => {
          expect(Math.abs(sum64(row))).toBeLessThan(1e-6);
          row.forEach((g, k) => {
            if (k === labels[i]) expect(g).toBeLessThanOrEqual(1e-7);
            else expect(g).toBeGreaterThanOrEqual(0);
          });
        });
      }),
    );
  });

  test('of two classes is the logistic loss of their difference', () => {
    fc.assert(
      fc.property(float32(50), float32(50), (a, b) => {
        const loss = valuesOf(() => classificationLoss(tensor2d([a, b, a, b], [2, 2]), [0, 1], { reduction: 'none' }));
        const logistic = [valueOf(() => realLogisticLoss(tensor1d([a - b]))), valueOf(() => fakeLogisticLoss(tensor1d([a - b])))];
        expect(worstError(loss, logistic)).toBeLessThan(1e-5);
      }),
    );
  });

  test('of equal logits is the log of the number of classes', () => {
    for (const classes of [1, 2, 10, 1000]) {
      const loss = valueOf(() => classificationLoss(fill([1, classes], 7), [0]));
      expect(worstError([loss], [Math.log(classes)])).toBeLessThan(1e-6);
    }
  });

  test('does not depend on the order of the samples', () => {
    fc.assert(
      fc.property(labelled, ({ shape, logits, labels }) => {
        const each = valuesOf(() => classificationLoss(tensor2d(logits, shape), labels, { reduction: 'none' }));
        const turned = valuesOf(() =>
          classificationLoss(tensor2d(reversedRows(logits, shape[1]), shape), [...labels].reverse(), { reduction: 'none' }),
        );
        expect(turned).toEqual([...each].reverse());
      }),
    );
  });

  test('refuses labels and logits that do not fit', () => {
    const logits = tensor2d([1, 2, 3, 4], [2, 2]);
    expect(() => classificationLoss(logits, [0])).toThrow(
      'classificationLoss: labels must hold one number per sample, got 1 for a batch of 2',
    );
    expect(() => classificationLoss(logits, [0, 2])).toThrow('classificationLoss: every label must be a whole number from 0 to 1, got 2');
    expect(() => classificationLoss(logits, [0, 0.5])).toThrow('got 0.5');
    expect(() => classificationLoss(tensor1d([1]), [0])).toThrow('classificationLoss: logits must be [batch, classes], got shape [1]');
  });

  test('leaves nothing but the result in memory', () => {
    const logits = tensor2d([1, 2, 3, 4], [2, 2]);
    for (const reduction of ['mean', 'none', 'sum'] as const)
      expect(tensorsLeft(() => classificationLoss(logits, [0, 1], { reduction }))).toBe(1);
    expect(tensorsLeft(() => grad((l: Tensor) => classificationLoss(l, [0, 1]))(logits))).toBe(1);
  });
});

const attributes = batchOf(2, 20).map(({ shape, tensors: [logits = [], raw = []] }) => ({
  shape,
  logits,
  targets: raw.map((v) => Math.min(1, Math.abs(v) / 20)),
}));

describe('multiLabelLoss', () => {
  beforeAll(() => selectBackend('cpu'));

  test('is the binary cross entropy of float64, never negative, and its reductions agree', () => {
    fc.assert(
      fc.property(attributes, ({ shape, logits, targets }) => {
        const each = rows(logits, shape[1]).map((row, i) =>
          mean64(row.map((l, k) => binary64(l, Math.fround(targets[i * shape[1] + k]!)))),
        );
        expectReductions((options) => multiLabelLoss(tensor2d(logits, shape), tensor2d(targets, shape), options), each, 1e-6);
        expect(Math.min(...each)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('has logit − target as its gradient, in probabilities', () => {
    fc.assert(
      fc.property(attributes, ({ shape, logits, targets }) => {
        const gradient = gradientOf((l) => multiLabelLoss(l, tensor2d(targets, shape)), logits, shape);
        expect(
          worstError(
            gradient.map((g) => g * logits.length),
            logits.map((l, i) => 1 / (1 + Math.exp(-l)) - targets[i]!),
          ),
        ).toBeLessThan(1e-6);
      }),
    );
  });

  test('flipping every logit and every target changes nothing', () => {
    fc.assert(
      fc.property(attributes, ({ shape, logits, targets }) => {
        const value = (l: number[], t: number[]): number => valueOf(() => multiLabelLoss(tensor2d(l, shape), tensor2d(t, shape)));
        const flipped = logits.map((l) => -l);
        const opposite = targets.map((t) => 1 - t);
        expect(worstError([value(flipped, opposite)], [value(logits, targets)])).toBeLessThan(1e-5);
      }),
    );
  });

  test('of targets 1 and 0 is the logistic loss of real and generated', () => {
    fc.assert(
      fc.property(float32(100), (l) => {
        expect(valueOf(() => multiLabelLoss(tensor1d([l]), tensor1d([1])))).toBe(valueOf(() => realLogisticLoss(tensor1d([l]))));
        expect(valueOf(() => multiLabelLoss(tensor1d([l]), tensor1d([0])))).toBe(valueOf(() => fakeLogisticLoss(tensor1d([l]))));
      }),
    );
  });

  test('keeps classes and samples apart, in any order', () => {
    fc.assert(
      fc.property(attributes, ({ shape, logits, targets }) => {
        const each = valuesOf(() => multiLabelLoss(tensor2d(logits, shape), tensor2d(targets, shape), { reduction: 'none' }));
        const turned = valuesOf(() =>
          multiLabelLoss(tensor2d([...logits].reverse(), shape), tensor2d([...targets].reverse(), shape), { reduction: 'none' }),
        );
        expect(worstError(turned, [...each].reverse())).toBeLessThan(1e-6);
      }),
    );
  });

  test('is finite in value and gradient for logits up to 1e4', () => {
    fc.assert(
      fc.property(float32(1e4), fc.constantFrom(0, 0.25, 1), (l, t) => {
        expect(
          [valueOf(() => multiLabelLoss(tensor1d([l]), tensor1d([t]))), ...gradientOf((x) => multiLabelLoss(x, tensor1d([t])), [l])].every(
            Number.isFinite,
          ),
        ).toBe(true);
      }),
    );
  });

  test('refuses targets of another shape, and leaves nothing but the result in memory', () => {
    const logits = tensor2d([1, 2], [1, 2]);
    expect(() => multiLabelLoss(logits, tensor2d([1], [1, 1]))).toThrow(
      'multiLabelLoss: logits and targets must have the same shape, got [1, 2] and [1, 1]',
    );
    expect(tensorsLeft(() => multiLabelLoss(logits, logits))).toBe(1);
    expect(tensorsLeft(() => grad((l: Tensor) => multiLabelLoss(l, logits))(logits))).toBe(1);
  });
});
