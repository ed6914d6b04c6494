import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { selectRuntime } from './select-runtime.js';
import { capture, type Captured } from './capture/capture.js';
import { whyNotCaptured } from './capture/native-functions.js';

let absent: string | undefined;
beforeAll(async () => {
  await selectRuntime({ quiet: true });
  absent = whyNotCaptured();
});

const made: Captured<never[], unknown>[] = [];
afterEach(() => {
  for (const captured of made.splice(0)) captured.dispose();
});
const captured: typeof capture = (f, options) => {
  const result = capture(f, options);
  made.push(result);
  return result;
};

const bits = (tensor: tf.Tensor): number[] => Array.from(new Uint32Array(Float32Array.from(tensor.dataSync()).buffer));
const matrix = (rows: number, columns: number, seed: number): tf.Tensor2D => tf.randomNormal([rows, columns], 0, 1, 'float32', seed);

describe('where the addon makes functions', () => {
  // Elsewhere calls run plainly, which the tests below this block look at.
  test.beforeEach((context) => {
    if (absent !== undefined) context.skip(absent);
  });

  test('the third call on is replayed, with the bits of plain calls', () => {
    const f = (x: tf.Tensor2D, w: tf.Tensor2D): tf.Tensor => tf.add(tf.mul(tf.softmax(tf.leakyRelu(tf.matMul(x, w), 0.2)), 0.3), tf.sum(x));
    const replayed = captured(f);
    for (let call = 0; call < 5; call++) {
      tf.tidy(() => {
        const [x, w] = [matrix(3, 4, call), matrix(4, 5, call + 10)];
        expect(bits(replayed(x, w))).toEqual(bits(f(x, w)));
      });
    }
    expect(replayed.statistics()).toMatchObject({ recorded: 2, replayed: 3, plain: 0 });
  });

  test('records and lists go in and come out, with plain values among them', () => {
    const replayed = captured(({ list, scale }: { list: tf.Tensor[]; scale: number }, name: string) => ({
      [name]: list.map((tensor) => tf.mul(tensor, scale)),
      count: list.length,
      none: undefined,
    }));
    for (let call = 0; call < 3; call++) {
      const result = replayed({ list: [tf.scalar(call), tf.tensor1d([1, 2])], scale: 2 }, 'doubled');
      expect((result.doubled as tf.Tensor[]).map((tensor) => Array.from(tensor.dataSync()))).toEqual([[2 * call], [2, 4]]);
      expect(result).toMatchObject({ count: 2, none: undefined });
    }
  });

  test('second-order gradients, lists of inputs and int32 are operations like others', () => {
    const f = (x: tf.Tensor1D, labels: tf.Tensor1D): tf.Tensor =>
      tf.concat([
        tf.grad((y: tf.Tensor) => tf.sum(tf.square(tf.grad((z: tf.Tensor) => tf.sum(tf.pow(z, 3)))(y))))(x),
        tf.addN([x, x, tf.sum<tf.Tensor1D>(tf.cast(tf.oneHot(labels, 3), 'float32'), 1)]),
        tf.reshape(tf.stack([x, x]), [-1]),
        tf.gather(x, labels),
      ]);
    const replayed = captured(f);
    for (let call = 0; call < 4; call++) {
      const [x, labels] = [tf.tensor1d([call, 0.5, -1]), tf.tensor1d([call % 3, 1, 2], 'int32')];
      expect(bits(replayed(x, labels))).toEqual(bits(f(x, labels)));
    }
  });

  test('variables are read and assigned to, and optimisers of tf.train step as in plain calls', () => {
    const trained = (call: (step: (x: tf.Tensor2D) => tf.Scalar) => (x: tf.Tensor2D) => tf.Scalar): number[][] => {
      const w = tf.variable(matrix(4, 2, 1));
      const optimizer = tf.train.adam(0.1);
      const step = call((x) => optimizer.minimize(() => tf.mean<tf.Scalar>(tf.square(tf.matMul(x, w))), true, [w])!);
      const losses = Array.from({ length: 6 }, (_, i) => bits(step(matrix(3, 4, i + 5))));
      return [...losses, bits(w)];
    };
    expect(trained((step) => captured(step))).toEqual(trained((step) => step));
  });

  test('shapes, dtypes and plain arguments have functions of their own, and tensors that are one are told from those that are two', () => {
    const replayed = captured((x: tf.Tensor, y: tf.Tensor, factor: number) => tf.sub(tf.mul(x, factor), y));
    const [one, two] = [tf.tensor1d([1, 2]), tf.tensor1d([5, 7])];
    for (let call = 0; call < 3; call++) {
      expect(Array.from(replayed(one, one, 3).dataSync())).toEqual([2, 4]);
      expect(Array.from(replayed(one, two, 3).dataSync())).toEqual([-2, -1]);
      expect(Array.from(replayed(one, two, 1).dataSync())).toEqual([-4, -5]);
      expect(Array.from(replayed(tf.scalar(1), two, 1).dataSync())).toEqual([-4, -6]);
    }
    expect(replayed.statistics()).toMatchObject({ recorded: 8, replayed: 4 });
  });

  test('as many functions are kept as asked for', () => {
    const replayed = captured((x: tf.Tensor) => tf.add(x, 1), { maxSignatures: 2 });
    const call = (size: number): unknown => replayed(tf.zeros([size])).dataSync();
    for (const size of [1, 1, 1, 2, 2, 2, 3, 3, 3]) call(size);
    expect(replayed.statistics()).toMatchObject({ recorded: 6, replayed: 3, operations: 2 });
    call(1);
    expect(replayed.statistics().recorded).toBe(7);
  });

  test.each([
    ['one after another', { lookAhead: 1 }],
    ['with a look ahead', { lookAhead: 3 }],
    ['with a look ahead in bytes', { lookAhead: 1, lookAheadBytes: 20 }],
    ['repetitions kept', { keepRepeated: true }],
    ['in one thread', { executor: 'single-threaded' }],
  ] as const)('operations run %s with the same bits', (_, options) => {
    const f = (x: tf.Tensor): tf.Tensor => tf.add(tf.exp(tf.sin(x)), tf.mul(tf.exp(tf.sin(x)), tf.cos(x)));
    const replayed = captured(f, options);
    for (let call = 0; call < 4; call++) expect(bits(replayed(tf.tensor1d([call, 2])))).toEqual(bits(f(tf.tensor1d([call, 2]))));
    expect(replayed.statistics().replayed).toBe(2);
  });

  test('memory stays flat, and nothing is left when it is disposed', () => {
    const before = tf.memory().numTensors;
    const native = (): number => (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();
    const nativeBefore = native();
    const replayed = captured((x: tf.Tensor2D) => tf.tidy(() => tf.add(tf.matMul(x, tf.ones([4, 4])), 1)));
    const counts = Array.from({ length: 8 }, (_, i) => {
      tf.tidy(() => void replayed(matrix(2, 4, i)));
      return native();
    });
    expect(new Set(counts)).toEqual(new Set([nativeBefore]));
    replayed.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('random programs give the bits of plain calls', () => {
    const unary: ((x: tf.Tensor) => tf.Tensor)[] = [
      tf.tanh,
      tf.relu,
      tf.neg,
      tf.square,
      (x) => tf.softplus(x),
      (x) => tf.sum(x, 0, true),
      (x) => tf.cast(x, 'float32'),
    ];
    const binary: ((a: tf.Tensor, b: tf.Tensor) => tf.Tensor)[] = [tf.add, tf.mul, tf.sub, tf.maximum];
    const instruction = fc.record({ operation: fc.nat(unary.length + binary.length - 1), left: fc.nat(), right: fc.nat() });
    const program = fc.array(instruction, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        program,
        fc.integer({ min: 1, max: 70 }),
        fc.nat(64),
        fc.boolean(),
        (instructions, lookAhead, lookAheadBytes, keepRepeated) => {
          const f = (...given: tf.Tensor[]): tf.Tensor[] => {
            const values = [...given, tf.tensor1d([0.5, -0.25])];
            for (const { operation, left, right } of instructions) {
              const [a, b] = [values[left % values.length]!, values[right % values.length]!];
              values.push(operation < unary.length ? unary[operation]!(a) : binary[operation - unary.length]!(a, b));
            }
            return values.slice(-3);
          };
          const replayed = captured(f, { lookAhead, lookAheadBytes, keepRepeated });
          for (let call = 0; call < 3; call++) {
            tf.tidy(() => {
              const given = [tf.tensor1d([call, 1]), tf.tensor1d([-1, 0.1 * call])];
              expect(replayed(...given).map(bits)).toEqual(f(...given).map(bits));
            });
          }
          replayed.dispose();
        },
      ),
      { numRuns: 40 },
    );
  });

  describe('an error names the place in the user’s file', () => {
    const here = /capture\.test\.[jt]s:\d+:\d+/;
    const failing = (f: () => unknown): string => {
      try {
        f();
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing was thrown';
    };

    test('where a value is read', () => {
      const replayed = captured((x: tf.Tensor) => tf.mul(x, x.dataSync()[0]!));
      const message = failing(() => replayed(tf.tensor1d([1])));
      expect(message).toMatch(
        /^capture: a tensor's value is read inside the captured function, at .*; return the tensor and read it outside$/,
      );
      expect(message).toMatch(here);
    });

    test('where a read hides in a promise that nobody waits for', () => {
      const replayed = captured((x: tf.Tensor) => {
        tf.mul(x, 2)
          .data()
          .catch(() => undefined);
        return tf.neg(x);
      });
      expect(failing(() => replayed(tf.tensor1d([1])))).toContain("a tensor's value is read");
    });

    test('where random numbers are drawn', () => {
      const replayed = captured((x: tf.Tensor1D) => tf.add(x, tf.randomNormal([1])));
      const message = failing(() => replayed(tf.tensor1d([1])));
      expect(message).toMatch(/random numbers are drawn .*; draw them outside and pass them as a tensor/);
      expect(message).toMatch(here);
      expect(Math.random()).toBeLessThan(1);
    });

    test('where a constant changes', () => {
      let iteration = 0;
      const replayed = captured((x: tf.Tensor) => tf.mul(x, 0.5 ** ++iteration));
      replayed(tf.tensor1d([1]));
      const message = failing(() => replayed(tf.tensor1d([1])));
      expect(message).toMatch(/a constant of shape \[\] made at .* was 0\.5 in one call and 0\.25 in the next; pass it as an argument/);
      expect(message).toMatch(here);
    });

    test('where a branch changes, in either call', () => {
      let even = false;
      const replayed = captured((x: tf.Tensor) => {
        even = !even;
        if (even) return tf.neg(x);
        return tf.abs(x);
      });
      replayed(tf.tensor1d([1]));
      const message = failing(() => replayed(tf.tensor1d([1])));
      const [, before, after] =
        /one call launched Neg at .*capture\.test\.[jt]s:(\d+):\d+ where the next launched Abs at .*capture\.test\.[jt]s:(\d+):\d+;/.exec(
          message,
        )!;
      expect(Number(after) - Number(before)).toBe(1);
    });

    test.each([
      ['first', [true, false]],
      ['second', [false, true]],
    ])('where the %s of two calls does more', (_, more) => {
      const calls = [...more];
      const replayed = captured((x: tf.Tensor) => {
        const result = tf.neg(x);
        if (calls.shift() === true) tf.abs(result).dispose();
        return result;
      });
      replayed(tf.tensor1d([1]));
      const message = failing(() => replayed(tf.tensor1d([1])));
      expect(message).toMatch(/launched [12] operations and the next [12], the first beyond the others being Abs at /);
      expect(message).toMatch(here);
    });

    test('where a tensor from outside is replaced, or disposed', () => {
      let weights = tf.tensor1d([2]);
      tf.neg(weights).dispose();
      const replayed = captured((x: tf.Tensor) => tf.mul(x, weights));
      for (let call = 0; call < 3; call++) expect(Array.from(replayed(tf.tensor1d([3])).dataSync())).toEqual([6]);
      weights.dispose();
      weights = tf.tensor1d([4]);
      const message = failing(() => replayed(tf.tensor1d([3])));
      expect(message).toMatch(
        /a tensor that the captured function takes from outside, at .*, was disposed; pass tensors that are replaced/,
      );
      expect(message).toMatch(here);
    });

    test('where the function is async, or gives what is no tensor', () => {
      const asynchronous = captured((x: tf.Tensor) => Promise.resolve(x));
      expect(failing(() => asynchronous(tf.scalar(1)))).toContain('got a promise: the function must not be async');
      const odd = captured((x: tf.Tensor) => ({ x, when: new Date(0) }));
      expect(failing(() => odd(tf.scalar(1)))).toContain(
        'the result.when must be a tensor, a number, text, or a record or list of these, got Date',
      );
    });

    test('where a number in the result changes', () => {
      let count = 0;
      const replayed = captured((x: tf.Tensor) => ({ y: tf.neg(x), count: count++ }));
      replayed(tf.scalar(1));
      expect(failing(() => replayed(tf.scalar(1)))).toContain('numbers in it must not change');
    });

    test('and what the function itself throws is thrown, after which it can be called again', () => {
      let broken = true;
      const replayed = captured((x: tf.Tensor) => {
        if (broken) throw new Error('mine');
        return tf.neg(x);
      });
      expect(() => replayed(tf.scalar(1))).toThrow('mine');
      broken = false;
      for (let call = 0; call < 3; call++) expect(replayed(tf.scalar(call)).dataSync()[0]).toBe(-call);
    });
  });

  test('tf.gather refuses a wrong index in a replay as in a plain call', () => {
    const pick = captured((x: tf.Tensor1D, index: tf.Tensor1D) => tf.gather(x, index));
    const x = tf.tensor1d([1, 2, 3]);
    for (let call = 0; call < 3; call++) expect(Array.from(pick(x, tf.tensor1d([call], 'int32')).dataSync())).toEqual([call + 1]);
    const wrong = tf.tensor1d([3], 'int32');
    for (const gather of [pick, tf.gather]) expect(() => gather(x, wrong).dataSync()).toThrow(/indices\[0\] = 3 is not in \[0, 3\)/);
  });

  test('inside a gradient computation it runs plainly, and gradients flow through it', () => {
    const square = captured((x: tf.Tensor) => tf.square(x));
    for (let call = 0; call < 4; call++)
      expect(
        tf
          .grad((x: tf.Tensor) => tf.sum(square(x)))(tf.tensor1d([3]))
          .dataSync()[0],
      ).toBe(6);
    expect(square.statistics()).toMatchObject({ plain: 4, recorded: 0 });
  });

  test('one captured function may call another', () => {
    const inner = captured((x: tf.Tensor) => tf.square(x));
    const outer = captured((x: tf.Tensor) => tf.add(inner(x), 1));
    for (let call = 0; call < 4; call++) expect(outer(tf.scalar(call)).dataSync()[0]).toBe(call * call + 1);
    expect([inner.statistics().plain, outer.statistics().replayed]).toEqual([2, 2]);
  });
});

test('on a backend without functions calls run plainly, which is said once', async () => {
  await import('@tensorflow/tfjs-backend-cpu');
  const native = tf.getBackend();
  await tf.setBackend('cpu');
  try {
    const onPlain = vi.fn();
    const plain = capture((x: tf.Tensor) => tf.neg(x), { onPlain });
    for (let call = 0; call < 3; call++) expect(plain(tf.scalar(call + 1)).dataSync()[0]).toBe(-call - 1);
    expect(onPlain.mock.calls).toEqual([
      ['capture: calls run plainly, since the backend cpu has no functions; only the native runtime has'],
    ]);
    expect(plain.statistics()).toEqual({ recorded: 0, replayed: 0, plain: 3, operations: 0 });
  } finally {
    await tf.setBackend(native);
  }
});

test('maxSignatures must be a whole number', () => {
  expect(() => capture(() => undefined, { maxSignatures: 0 })).toThrow('capture: maxSignatures must be a whole number ≥ 1, got 0');
});
