import { add, customGrad, engine, grad, memory, mul, scalar, square, sum, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defineOperation, leakyRelu, valueAndGradients } from './index.js';
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
const values = (x: Tensor): number[] => [...x.dataSync<'float32'>()];

test('the value and one gradient per parameter come back under the names of the parameters', () => {
  const { value, gradients, auxiliary } = valueAndGradients((p) => total(mul(square(p['first.weight']), p.second)), {
    'first.weight': a,
    second: b,
  });
  expect(values(value)).toEqual([3 - 16]);
  expect(Object.keys(gradients)).toEqual(['first.weight', 'second']);
  expect(values(gradients['first.weight'])).toEqual([6, -16]);
  expect(values(gradients.second)).toEqual([1, 4]);
  expect(auxiliary).toEqual({});
});

test('a parameter that does not influence the value gets zeros in its shape', () => {
  const { gradients } = valueAndGradients(({ a }) => total(a), { a, b });
  expect(gradients.b.shape).toEqual([2]);
  expect(values(gradients.b)).toEqual([0, 0]);
  expect(values(gradients.a)).toEqual([1, 1]);
});

test('a value that no parameter influences has zero gradients', () => {
  const { value, gradients } = valueAndGradients(() => scalar(5), { a });
  expect(values(value)).toEqual([5]);
  expect(values(gradients.a)).toEqual([0, 0]);
});

test('auxiliary tensors come back with their values', () => {
  const { value, auxiliary } = valueAndGradients(
    ({ a }) => {
      const squared = square(a);
      return { value: total(squared), auxiliary: { squared, a } };
    },
    { a },
  );
  expect(values(value)).toEqual([5]);
  expect(values(auxiliary.squared!)).toEqual([1, 4]);
  expect(values(auxiliary.a!)).toEqual([1, 2]);
});

test('the caller owns everything that comes back, and nothing else is left', () => {
  const before = memory().numTensors;
  const result = valueAndGradients(({ a, b }) => ({ value: total(mul(square(a), b)), auxiliary: { a, product: mul(a, b) } }), { a, b });
  const owned = [result.value, ...Object.values(result.auxiliary), ...Object.values(result.gradients)];
  expect(memory().numTensors).toBe(before + owned.length);
  for (const tensor of owned) tensor.dispose();
  expect(memory().numTensors).toBe(before);
  expect(values(a)).toEqual([1, 2]);
});

test('a surrounding tidy disposes everything that comes back', () => {
  const before = memory().numTensors;
  tidy(() => {
    valueAndGradients(({ a }) => ({ value: total(square(a)), auxiliary: { a, doubled: mul(a, 2) } }), { a });
  });
  expect(memory().numTensors).toBe(before);
});

test('disposing a value that is a parameter leaves the parameter alone', () => {
  const parameter = scalar(2);
  const { value, gradients } = valueAndGradients(({ parameter }) => parameter, { parameter });
  value.dispose();
  expect(values(parameter)).toEqual([2]);
  expect(values(gradients.parameter)).toEqual([1]);
});

test('the gradients are those of tf.grad', () => {
  const f = (x: Tensor): Scalar => total(leakyRelu(mul(x, add(x, 1))));
  const expected = values(grad(f)(a));
  expect(values(valueAndGradients(({ a }) => f(a), { a }).gradients.a)).toEqual(expected);
});

test('nested gradients can be differentiated, with auxiliary tensors as part of the graph', () => {
  const { gradients } = valueAndGradients(
    ({ a }) => {
      const inner = valueAndGradients(
        ({ a }) => {
          const squared = square(a);
          return { value: total(mul(squared, a)), auxiliary: { squared } }; // Σ a³
        },
        { a },
      );
      return total(add(inner.gradients.a, inner.auxiliary.squared!)); // Σ 3a² + a²
    },
    { a },
  );
  expect(values(gradients.a)).toEqual([8, 16]);
});

test('one tensor may be two parameters', () => {
  const { gradients } = valueAndGradients(({ one, two }) => total(mul(one, two)), { one: a, two: a });
  expect(values(gradients.one)).toEqual([2, 4]);
  expect(values(gradients.two)).toEqual([2, 4]);
});

describe('errors', () => {
  test('no parameters', () => {
    expect(() => valueAndGradients(() => scalar(1), {})).toThrow('valueAndGradients: parameters must hold at least one tensor, got none');
  });

  test('a value that is not a scalar', () => {
    const before = memory().numTensors;
    expect(() => valueAndGradients(({ a }) => square(a) as unknown as Scalar, { a })).toThrow(
      'valueAndGradients: f must return a scalar, got shape [2]',
    );
    expect(memory().numTensors).toBe(before);
  });

  test('a call where nothing is recorded', () => {
    const slope = (x: Tensor): Tensor => valueAndGradients(({ x }) => total(square(x)), { x }).gradients.x;
    const message = "valueAndGradients: gradients cannot be taken inside an operation's forward";
    const operation = defineOperation<{ x: Tensor }, object>({
      name: 'TestSlope',
      forward: ({ x }) => slope(x),
      saved: [],
      gradients: (dy) => ({ x: () => dy }),
    });
    expect(() => operation({ x: a }, {})).toThrow(message);
    expect(() => customGrad((x) => ({ value: slope(x as Tensor), gradFunc: (dy) => dy }))(a)).toThrow(message);
  });

  const failures: Record<string, (parameters: { a: Tensor }) => Scalar> = {
    'f itself': ({ a }) => {
      mul(square(a), square(a));
      throw new Error('broken');
    },
    'the backward pass': ({ a }) => total(broken({ x: mul(square(a), square(a)) }, {})),
    'a nested computation': ({ a }) => {
      const squared = square(a);
      return valueAndGradients(
        ({ a }) => {
          mul(square(a), squared);
          throw new Error('broken');
        },
        { a },
      ).value;
    },
  };
  const broken = defineOperation<{ x: Tensor }, object>({
    name: 'TestBroken',
    forward: ({ x }) => mul(x, 2),
    saved: ['x'],
    gradients: () => ({
      x: () => {
        throw new Error('broken');
      },
    }),
  });

  test.each(Object.entries(failures))('a failure of %s leaves no tensors and a working engine', (_, f) => {
    const before = memory();
    expect(() => valueAndGradients(f, { a })).toThrow('broken');
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(engine().state.gradientDepth).toBe(0);
    const { gradients } = valueAndGradients(({ a }) => total(square(a)), { a });
    expect(values(gradients.a)).toEqual([2, 4]);
    gradients.a.dispose();
  });

  test('auxiliary tensors of a failed computation are disposed', () => {
    const before = memory().numTensors;
    expect(() => valueAndGradients(({ a }) => ({ value: total(broken({ x: a }, {})), auxiliary: { squared: square(a) } }), { a })).toThrow(
      'broken',
    );
    expect(memory().numTensors).toBe(before);
  });

  test('a nested failure that is caught does not disturb the computation around it', () => {
    const before = memory().numTensors;
    const { value, gradients } = valueAndGradients(
      ({ a }) => {
        const squared = square(a);
        expect(() =>
          valueAndGradients(
            () => {
              square(squared);
              throw new Error('broken');
            },
            { a },
          ),
        ).toThrow('broken');
        return total(squared);
      },
      { a },
    );
    expect(values(gradients.a)).toEqual([2, 4]);
    value.dispose();
    gradients.a.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
