import { backend, dispose, memory, profile, tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { adam, type AdamOptions } from './adam.js';
import { adam64, adamRounding } from './testing/adam64.js';
import type { Parameters } from './parameters.js';
import { BACKENDS, selectBackend, tensorsLeft } from './testing/backends.js';
import { ordinary, reversed, tensorsOf, twins, valuesOf, worstError, type Values } from './testing/records.js';

/** The parameters after one step per record of gradients. */
function train(options: AdamOptions, start: Values, gradients: readonly Values[]): Values {
  const optimizer = adam(options);
  let parameters: Record<string, Tensor> = tensorsOf(start);
  let state = optimizer.init(parameters);
  for (const values of gradients) {
    const step = tensorsOf(values);
    const next = optimizer.update(parameters, step, state);
    dispose([step, parameters]);
    dispose([state.first, state.second]);
    ({ parameters, state } = next);
  }
  const result = valuesOf(parameters);
  dispose(parameters);
  dispose([state.first, state.second]);
  return result;
}

/** Gradients of several steps from those of one: other signs and sizes each time. */
const steps = (gradient: Values): Values[] =>
  [1, -0.5, 0.25, 2].map((factor) =>
    Object.fromEntries(Object.entries(gradient).map(([name, g]) => [name, g.map((v) => Math.fround(v * factor))])),
  );

describe.each(BACKENDS)('adam on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test.each<AdamOptions>([
    { learningRate: 1e-2 },
    { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, weightDecay: 0 },
    { learningRate: 1e-1, beta1: 0.5, weightDecay: 0.1, epsilon: 1e-3 },
  ])('equals Adam in float64 over several steps: %j', (options) => {
    fc.assert(
      fc.property(twins, ([start, gradient]) => {
        const gradients = steps(gradient);
        expect(
          worstError(train(options, start, gradients), adam64(options, start, gradients), adamRounding(options, start, gradients)),
        ).toBeLessThan(3e-6);
      }),
      { numRuns: 25 },
    );
  });
});

describe('adam', () => {
  beforeAll(() => selectBackend('cpu'));
  let tensors = 0;
  beforeEach(() => {
    tensors = memory().numTensors;
  });
  afterEach(() => {
    expect(memory().numTensors - tensors).toBe(0);
  });

  test('a constant gradient moves every parameter by the learning rate a step, whatever its size', () => {
    fc.assert(
      fc.property(
        fc.array(
          ordinary.filter((g) => g !== 0),
          { minLength: 1, maxLength: 5 },
        ),
        (g) => {
          const options = { learningRate: 0.01, weightDecay: 0 };
          const { w = [] } = train(options, { w: g.map(() => 0) }, [{ w: g }, { w: g }, { w: g }]);
          expect(worstError({ w }, { w: g.map((v) => -0.03 * Math.sign(v)) })).toBeLessThan(1e-5);
        },
      ),
    );
  });

  test('with no gradient, weight decay only shrinks weights and leaves zeros alone', () => {
    fc.assert(
      fc.property(twins, ([start]) => {
        const still = Object.fromEntries(Object.entries(start).map(([name, p]) => [name, p.map(() => 0)]));
        const after = train({ learningRate: 1e-4, weightDecay: 0.1 }, start, [still, still]);
        for (const [name, before] of Object.entries(start)) {
          before.forEach((value, index) => {
            const now = after[name]?.[index] ?? NaN;
            if (value === 0) expect(now).toBe(0);
            else {
              expect(Math.abs(now)).toBeLessThan(Math.abs(value));
              expect(Math.sign(now)).toBe(Math.sign(value));
            }
          });
        }
      }),
      { numRuns: 50 },
    );
  });

  test('without decay and gradient nothing moves', () => {
    expect(train({ learningRate: 1, weightDecay: 0 }, { w: [1, -2, 0] }, [{ w: [0, 0, 0] }])).toEqual({ w: [1, -2, 0] });
  });

  test('decay acts on zero gradients too: a head that saw no sample still takes its step', () => {
    const { idle = [] } = train({ learningRate: 1e-4 }, { idle: [1] }, [{ idle: [0] }]);
    expect(idle[0]).toBeCloseTo(1 - 1e-4, 7);
  });

  test('the order of names does not matter, to the bit', () => {
    fc.assert(
      fc.property(twins, ([start, gradient]) => {
        const options = { learningRate: 0.01, beta1: 0.5 };
        const plain = train(options, start, steps(gradient));
        expect(train(options, reversed(start), steps(gradient))).toEqual(plain);
        expect(train(options, start, steps(reversed(gradient)))).toEqual(plain);
      }),
      { numRuns: 25 },
    );
  });

  test('splitting one tensor in two gives the same update, to the bit', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(ordinary, ordinary), { minLength: 2, maxLength: 6 }), (pairs) => {
        const p = pairs.map(([value]) => value);
        const g = pairs.map(([, value]) => value);
        const options = { learningRate: 0.01, beta1: 0.9 };
        const { whole = [] } = train(options, { whole: p }, steps({ whole: g }));
        const { head = [], tail = [] } = train(
          options,
          { tail: p.slice(1), head: p.slice(0, 1) },
          steps({ head: g.slice(0, 1), tail: g.slice(1) }),
        );
        expect([...head, ...tail]).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  test('with beta1 = 0 the first moment is the decayed gradient of the last step', () => {
    tidy(() => {
      const optimizer = adam({ learningRate: 1, weightDecay: 0.5 });
      const parameters = { w: tensor([2, -4]) };
      const { state } = optimizer.update(parameters, { w: tensor([1, 1]) }, optimizer.init(parameters));
      expect(Array.from(state.first.dataSync())).toEqual([2, -1]);
      expect(state.step).toBe(1);
    });
  });

  test('keeps every shape, leaves its inputs untouched, and makes only its results', () => {
    const optimizer = adam({ learningRate: 0.1, beta1: 0.5 });
    const parameters = { scalar: tensor(3), matrix: tensor([1, 2, 3, 4, 5, 6], [2, 3]) };
    const gradients = { matrix: tensor([1, 1, 1, 1, 1, 1], [2, 3]), scalar: tensor(1) };
    let state = optimizer.init(parameters);
    const before = state;
    let next = parameters as Record<string, Tensor>;
    const made = tensorsLeft(() => {
      ({ parameters: next, state } = optimizer.update(parameters, gradients, state));
    });
    expect(made).toBe(2 + 2);
    expect(next.matrix?.shape).toEqual([2, 3]);
    expect(next.scalar?.shape).toEqual([]);
    expect(Array.from(parameters.matrix.dataSync())).toEqual([1, 2, 3, 4, 5, 6]);
    expect(Array.from(before.second.dataSync()).every((v) => v === 0)).toBe(true);
    dispose([parameters, gradients, next]);
    dispose([state.first, state.second, before.first, before.second]);
  });

  test('arithmetic does not grow with the number of parameters', async () => {
    const kernels = async (count: number): Promise<string[]> => {
      const names = Array.from({ length: count }, (_, index) => `p${String(index)}`);
      const record = Object.fromEntries(names.map((name) => [name, zeros([3])]));
      const optimizer = adam({ learningRate: 0.1, beta1: 0.5 });
      const state = optimizer.init(record);
      const { kernels: launched, result } = await profile(() => {
        const next = optimizer.update(record, record, state);
        return [next.parameters, next.state.first, next.state.second];
      });
      dispose([record, result]);
      dispose([state.first, state.second]);
      // A reshape moves no data.
      return launched.map(({ name }) => name).filter((name) => name !== 'Reshape');
    };
    const few = await kernels(2);
    expect(await kernels(50)).toEqual(few);
    expect(few.length).toBeLessThanOrEqual(18);
  });

  test('a gradient whose square is no float32 moves by the learning rate at most, however small ε is', () => {
    const gradients = [0, 1e-10, 1e-18, 1e-20, 1e-22, 1];
    const moved = train({ learningRate: 1e-3, beta1: 0.5, beta2: 0.999, epsilon: 1e-30, weightDecay: 0 }, { w: gradients.map(() => 1) }, [
      { w: gradients },
    ]);
    expect(worstError(moved, { w: gradients.map((g) => (g === 0 ? 1 : 0.999)) })).toBeLessThan(1e-6);
  });

  test('names that do not fit the state are listed', () => {
    tidy(() => {
      const optimizer = adam({ learningRate: 0.1 });
      const [a, b]: Parameters[] = [
        { x: tensor([1]), y: tensor([1]) },
        { y: tensor([1]), z: tensor([1]) },
      ];
      const state = optimizer.init(a!);
      expect(() => optimizer.update(b!, b!, state)).toThrow(
        "adam.update: parameters must have the names the state was made for; missing 'x'; unexpected 'z'",
      );
      expect(() => optimizer.update(a!, { x: a!.x! }, state)).toThrow("gradients must have the names the state was made for; missing 'y'");
    });
  });

  test('shapes, dtypes and options that cannot be meant are refused', () => {
    tidy(() => {
      const optimizer = adam({ learningRate: 0.1 });
      const parameters = { w: tensor([1, 2], [2, 1]) };
      const state = optimizer.init(parameters);
      expect(() => optimizer.update(parameters, { w: tensor([1, 2], [1, 2]) }, state)).toThrow(
        "adam.update: gradient 'w' must have the parameter's shape [2, 1], got [1, 2]",
      );
      expect(() => optimizer.update(parameters, { w: tensor([1, 2], [2, 1], 'int32') }, state)).toThrow("'w' must be float32, got int32");
      const longer = { w: tensor([1, 2, 3]) };
      expect(() => optimizer.update(longer, longer, state)).toThrow("'w' must have 2 elements as when the state was made, got 3");
      expect(() => optimizer.init({})).toThrow('adam.init: parameters must have at least one tensor');
    });
    expect(() => adam(undefined as never)).toThrow('adam: options must be an object such as { learningRate: 1e-4 }, got undefined');
    expect(() => adam(1e-3 as never)).toThrow('got 0.001');
    const optimizer = adam({ learningRate: 1 });
    expect(() => optimizer.init(undefined as never)).toThrow('adam.init: parameters must be a record of tensors by name, got undefined');
    expect(() => optimizer.init([] as never)).toThrow('got an array; name each, as in Object.fromEntries');
    expect(() => optimizer.init(Promise.resolve({}) as never)).toThrow('got a promise; await it first');
    expect(() => optimizer.init({ w: [1, 2] } as never)).toThrow("adam.init: 'w' must be a tensor, got an array");
    expect(() => optimizer.update({}, {}, undefined as never)).toThrow('adam.update: state must be what init() or the last update() gave');
    expect(() => adam({ learningRate: NaN })).toThrow('adam: learningRate must be a finite number ≥ 0, got NaN');
    expect(() => adam({ learningRate: 1, beta2: 1 })).toThrow('adam: beta2 must be in [0, 1), got 1');
    expect(() => adam({ learningRate: 1, beta1: -0.1 })).toThrow('adam: beta1');
    expect(() => adam({ learningRate: 1, epsilon: 0 })).toThrow('adam: epsilon');
    expect(() => adam({ learningRate: 1, weightDecay: -1 })).toThrow('adam: weightDecay');
  });
});

test('where the device computes with 16 bits, ε is at least what tfjs has for it', async () => {
  await selectBackend('cpu');
  const half = [vi.spyOn(backend(), 'floatPrecision').mockReturnValue(16), vi.spyOn(backend(), 'epsilon').mockReturnValue(1e-4)];
  const moved = train({ learningRate: 1, beta1: 0, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 }, { w: [1, 1] }, [{ w: [0, 1e-4] }]);
  half.forEach((spy) => spy.mockRestore());
  expect(worstError(moved, { w: [1, 0.5] })).toBeLessThan(1e-6);
});
