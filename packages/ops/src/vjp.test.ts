import { add, engine, memory, mul, scalar, square, sum, tanh as coreTanh, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defineOperation, recompute, tanh, valueAndGradients, vjp } from './index.js';
import { useBackend } from './testing/backends.js';

beforeAll(() => useBackend('cpu'));

let a: Tensor;
let b: Tensor;
beforeEach(() => {
  a = tensor1d([1, 2]);
  b = tensor1d([3, -4]);
  return () => {
    a.dispose();
    b.dispose();
  };
});

const total = (x: Tensor): Scalar => sum<Scalar>(x);
const numbers = (x: Tensor): number[] => [...x.dataSync<'float32'>()];
const near = (actual: Tensor, expected: readonly number[]): void => {
  numbers(actual).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
};

test('values and one gradient per input come back by name', () => {
  const { values, pullback } = vjp(({ a, b }) => ({ product: mul(square(a), b), sum: add(a, b) }), { a, b });
  expect(numbers(values.product)).toEqual([3, -16]);
  expect(numbers(values.sum)).toEqual([4, -2]);
  const gradients = pullback({ product: tensor1d([1, 10]), sum: tensor1d([2, 5]) });
  expect(Object.keys(gradients)).toEqual(['a', 'b']);
  expect(numbers(gradients.a)).toEqual([6 + 2, -160 + 5]);
  expect(numbers(gradients.b)).toEqual([1 + 2, 40 + 5]);
});

test('a value without a cotangent, and an input without a part in one, count as zeros', () => {
  const f = ({ a, b }: { a: Tensor; b: Tensor }): { a2: Tensor; b2: Tensor } => ({ a2: square(a), b2: square(b) });
  const gradients = vjp(f, { a, b }).pullback({ a2: tensor1d([1, 1]) });
  expect(numbers(gradients.a)).toEqual([2, 4]);
  expect(numbers(gradients.b)).toEqual([0, 0]);
  expect(numbers(vjp(f, { a, b }).pullback({}).a)).toEqual([0, 0]);
});

test('one tensor may be two inputs and two values, and a value may be an input', () => {
  const gradients = vjp(({ one, two }) => ({ two, same: two, product: mul(one, two) }), { one: a, two: a }).pullback({
    two: tensor1d([1, 1]),
    same: tensor1d([10, 10]),
    product: tensor1d([100, 100]),
  });
  expect(numbers(gradients.one)).toEqual(numbers(gradients.two));
  expect(numbers(gradients.one)).toEqual([11 + 200, 11 + 400]);
});

test('gradients are those of the weighted sum of the values, bit for bit', () => {
  const numbersOf = fc.array(fc.float({ min: -3, max: 3, noNaN: true }), { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(numbersOf, numbersOf, numbersOf, (x, y, c) => {
      tidy(() => {
        const inputs = { x: tensor1d(x), y: tensor1d(y) };
        const cotangent = tensor1d(c);
        const f = ({ x, y }: typeof inputs): Tensor => tanh(mul(add(x, y), square(x)));
        const { pullback } = vjp((p) => ({ f: f(p) }), inputs);
        const expected = valueAndGradients((p) => total(mul(f(p), cotangent)), inputs).gradients;
        const gradients = pullback({ f: cotangent });
        expect(numbers(gradients.x)).toEqual(numbers(expected.x));
        expect(numbers(gradients.y)).toEqual(numbers(expected.y));
      });
    }),
    { seed: 3, numRuns: 25 },
  );
});

test('gradients may be taken between values and pullback, which are no part of f', () => {
  const { values, pullback } = vjp(({ a }) => ({ squared: square(a) }), { a });
  // ∂/∂s Σ s³ = 3s² at s = a², so that the chain gives 6a⁵.
  const { gradients } = valueAndGradients(({ s }) => total(mul(square(s), s)), { s: values.squared });
  values.squared.dispose();
  near(pullback({ squared: gradients.s }).a, [6, 6 * 32]);
});

test('what is computed again for the gradient gives the same', () => {
  const f = ({ a }: { a: Tensor }): Tensor => tanh(square(a));
  const expected = numbers(vjp((p) => ({ f: f(p) }), { a }).pullback({ f: b }).a);
  expect(numbers(vjp((p) => ({ f: recompute(f, p) }), { a }).pullback({ f: b }).a)).toEqual(expected);
});

describe('inside another gradient computation', () => {
  test('gradients can be differentiated again, by inputs and by cotangents', () => {
    // ⟨∇⟨c, tanh x⟩, u⟩ = Σ c·u·(1 − t²): by x it is −2·c·u·t·(1 − t²), by c it is u·(1 − t²).
    for (const f of [tanh, coreTanh]) {
      const { gradients } = valueAndGradients(
        ({ x, c }) => {
          const { pullback, values } = vjp(({ x }) => ({ t: f(x) }), { x });
          values.t.dispose();
          return total(mul(pullback({ t: c }).x, b));
        },
        { x: a, c: tensor1d([0.5, 2]) },
      );
      const t = [Math.tanh(1), Math.tanh(2)];
      const [c, u] = [
        [0.5, 2],
        [3, -4],
      ];
      near(
        gradients.x,
        t.map((t, i) => -2 * c[i]! * u[i]! * t * (1 - t * t)),
      );
      near(
        gradients.c,
        t.map((t, i) => u[i]! * (1 - t * t)),
      );
    }
  });

  test('the values are a part of it, with or without a pullback', () => {
    const { gradients } = valueAndGradients(
      ({ a }) => {
        const { values, pullback } = vjp(({ a }) => ({ cube: mul(square(a), a) }), { a });
        return add(total(values.cube), total(pullback({ cube: tensor1d([1, 1]) }).a)); // Σ a³ + 3a²
      },
      { a },
    );
    expect(numbers(gradients.a)).toEqual([3 + 6, 12 + 12]);
    expect(numbers(valueAndGradients(({ a }) => total(vjp(({ a }) => ({ s: square(a) }), { a }).values.s), { a }).gradients.a)).toEqual([
      2, 4,
    ]);
  });

  test('a pullback belongs to the computation that it was made in', () => {
    const { pullback, dispose } = vjp(({ a }) => ({ s: square(a) }), { a });
    expect(() => valueAndGradients(({ b }) => total(pullback({ s: b }).a), { b })).toThrow(
      'vjp: pullback must be called in the gradient computation that vjp was called in',
    );
    dispose();
  });
});

describe('memory', () => {
  const inTwo = ({ a, b }: { a: Tensor; b: Tensor }): { p: Tensor; a: Tensor } => ({ p: mul(square(a), tanh(b)), a });

  test('the caller owns values and gradients, and nothing else is left', () => {
    const before = memory();
    const { values, pullback } = vjp(inTwo, { a, b });
    const gradients = pullback({ p: a, a: b });
    const owned = [...Object.values(values), ...Object.values(gradients)];
    expect(memory().numTensors).toBe(before.numTensors + owned.length);
    owned.forEach((tensor) => tensor.dispose());
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(numbers(a)).toEqual([1, 2]);
    expect(numbers(b)).toEqual([3, -4]);
  });

  test('what is kept for the pullback outlives a scope, and dispose frees it', () => {
    const before = memory().numTensors;
    const made: ReturnType<typeof vjp<{ a: Tensor; b: Tensor }, { p: Tensor; a: Tensor }>>[] = [];
    tidy(() => void made.push(vjp(inTwo, { a, b }), vjp(inTwo, { a, b })));
    tidy(() => near(made[0]!.pullback({ p: b }).a, [2 * 3 * Math.tanh(3), 2 * 2 * -4 * Math.tanh(-4)]));
    expect(memory().numTensors).toBeGreaterThan(before);
    made[1]!.dispose();
    made[1]!.dispose();
    expect(memory().numTensors).toBe(before);
  });

  test('a failure of f, of the backward pass or of a nested computation leaves nothing', () => {
    const broken = defineOperation<{ x: Tensor }, object>({
      name: 'TestBrokenPullback',
      forward: ({ x }) => mul(x, 2),
      saved: ['x'],
      gradients: () => ({
        x: () => {
          throw new Error('broken');
        },
      }),
    });
    const failing = ({ a }: { a: Tensor }): { s: Tensor } => {
      square(square(a));
      throw new Error('broken');
    };
    const before = memory();
    expect(() => vjp(failing, { a })).toThrow('broken');
    expect(() => valueAndGradients(({ a }) => total(vjp(failing, { a }).values.s), { a })).toThrow('broken');
    expect(() => {
      const { values, pullback } = vjp(({ a }) => ({ x: broken({ x: square(a) }, {}) }), { a });
      values.x.dispose();
      pullback({ x: b });
    }).toThrow('broken');
    expect(() =>
      valueAndGradients(
        ({ a }) => {
          vjp(({ a }) => ({ s: square(a) }), { a });
          throw new Error('broken');
        },
        { a },
      ),
    ).toThrow('broken');
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(engine().state.gradientDepth).toBe(0);
  });
});

describe('errors', () => {
  const squared = (): ReturnType<typeof vjp<{ a: Tensor }, { s: Tensor }>> => vjp(({ a }) => ({ s: square(a) }), { a });

  test('no inputs', () => {
    expect(() => vjp(() => ({ one: scalar(1) }), {})).toThrow('vjp: inputs must hold at least one tensor, got none');
  });

  test('cotangents of other names or shapes', () => {
    const { pullback, dispose } = squared();
    expect(() => pullback({ t: a } as unknown as { s: Tensor })).toThrow('vjp: cotangents must have the names of values (s), got t');
    expect(() => pullback({ s: scalar(1) })).toThrow("vjp: the cotangent of s must have the value's shape [2], got []");
    dispose();
  });

  test('a second pullback, and one after dispose', () => {
    const first = squared();
    first.pullback({ s: b });
    expect(() => first.pullback({ s: b })).toThrow('vjp: pullback can be called once, and not after dispose; call vjp again');
    const second = squared();
    second.dispose();
    expect(() => second.pullback({ s: b })).toThrow('vjp: pullback can be called once');
  });

  test('a call where nothing is recorded', () => {
    const operation = defineOperation<{ x: Tensor }, object>({
      name: 'TestPullbackInside',
      forward: ({ x }) => vjp(({ x }) => ({ s: square(x) }), { x }).values.s,
      saved: [],
      gradients: (dy) => ({ x: () => dy }),
    });
    expect(() => operation({ x: a }, {})).toThrow("vjp: gradients cannot be taken inside an operation's forward");
  });
});
