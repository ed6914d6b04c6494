import { adamKernel, movingAverageKernel } from '@stargan/ops/fused';
import {
  abs,
  dispose,
  getKernel,
  max,
  memory,
  mul,
  range,
  registerKernel,
  sin,
  sub,
  tensor,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { KernelConfig, Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { adam, exponentialMovingAverage, type AdamOptions } from './index.js';
import { BACKENDS, selectBackend } from './testing/backends.js';
import { ordinary, tensorsOf, valuesOf, type Values } from './testing/records.js';

type Tensors = Record<string, Tensor>;

const NATIVE = 'tensorflow';
const KERNELS = [adamKernel, movingAverageKernel].map(({ kernelName }) => kernelName);
const present = BACKENDS.includes(NATIVE) && KERNELS.every((name) => getKernel(name, NATIVE) != null);
if (!present) console.warn('The backend brings no fused optimizer kernels: their tests are left out.');

/** Runs `f` as where the backend brings no such kernels. */
function composed<T>(f: () => T): T {
  const fused: KernelConfig[] = KERNELS.map((name) => getKernel(name, NATIVE));
  for (const name of KERNELS) unregisterKernel(name, NATIVE);
  try {
    return f();
  } finally {
    fused.forEach(registerKernel);
  }
}

function steps(options: AdamOptions, start: Values, gradients: readonly Values[]): Values[] {
  const results: Values[] = [];
  tidy(() => {
    const optimizer = adam(options);
    let parameters = tensorsOf(start);
    let state = optimizer.init(parameters);
    for (const gradient of gradients) ({ parameters, state } = optimizer.update(parameters, tensorsOf(gradient), state));
    results.push(valuesOf(parameters), valuesOf({ first: state.first, second: state.second }));
  });
  return results;
}

const list = fc
  .integer({ min: 1, max: 70 })
  .chain((length) => fc.tuple(...Array.from({ length: 3 }, () => fc.array(ordinary, { minLength: length, maxLength: length }))));
const records = fc
  .array(list, { minLength: 1, maxLength: 4 })
  .map((lists) => [0, 1, 2].map((which): Values => Object.fromEntries(lists.map((values, i) => [`p${String(i)}`, values[which] ?? []]))));

describe.runIf(present)('with the fused kernels of the native backend', () => {
  beforeAll(() => selectBackend(NATIVE));

  test.each<AdamOptions>([
    { learningRate: 1e-2 },
    { learningRate: 1e-1, beta1: 0.5, beta2: 0.9, weightDecay: 0 },
    { learningRate: 1e-3, beta1: 0.9, weightDecay: 0.1, epsilon: 1e-3 },
  ])('Adam equals the composed form to the bit: %j', (options) => {
    fc.assert(
      fc.property(records, ([start = {}, g1 = {}, g2 = {}]) => {
        const fused = steps(options, start, [g1, g2, g1]);
        expect(fused).toEqual(composed(() => steps(options, start, [g1, g2, g1])));
      }),
      { numRuns: 40 },
    );
  });

  test('the moving average equals the composed form to the bit', () => {
    fc.assert(
      fc.property(records, fc.constantFrom(0, 0.3, 0.5, 0.999, 1), ([a = {}, p = {}], decay) => {
        const run = (): Values => {
          const results: Values[] = [];
          tidy(() => {
            results.push(valuesOf(exponentialMovingAverage(tensorsOf(a), tensorsOf(p), decay)));
          });
          return results[0] ?? {};
        };
        expect(run()).toEqual(composed(run));
      }),
      { numRuns: 40 },
    );
  });

  test('lists that are longer than the caches have the same bits, whatever the lengths of tensors', () => {
    const lengths = [2 ** 21 + 5, 1, 4099, 1023, 70_001];
    tidy(() => {
      const waves = (frequency: number): Tensors =>
        Object.fromEntries(lengths.map((length, i) => [`p${String(i)}`, sin(mul(range(0, length), frequency + i))]));
      const [start, gradients] = [waves(0.7), waves(1.3)];
      const run = (): Tensor[] => {
        const optimizer = adam({ learningRate: 0.1, beta1: 0.5 });
        let { parameters, state } = optimizer.update(start, gradients, optimizer.init(start));
        ({ parameters, state } = optimizer.update(parameters, start, state));
        const averages = exponentialMovingAverage(start, parameters, 0.9);
        return [...Object.values(parameters), ...Object.values(averages), state.first, state.second];
      };
      const expected = composed(run);
      run().forEach((tensor, i) => expect(max(abs(sub(tensor, expected[i]!))).arraySync(), String(i)).toBe(0));
      // The steps led somewhere.
      expect(max(abs(sub(expected[0]!, start.p0!))).arraySync()).toBeGreaterThan(0.05);
    });
  });

  test('a step keeps shapes and makes only its results', () => {
    const parameters = { scalar: tensor(3), matrix: tensor([1, 2, 3, 4, 5, 6], [2, 3]) };
    const optimizer = adam({ learningRate: 0.1 });
    const state = optimizer.init(parameters);
    const before = memory().numTensors;
    const next = optimizer.update(parameters, parameters, state);
    expect(memory().numTensors).toBe(before + 4);
    expect([next.parameters.scalar?.shape, next.parameters.matrix?.shape, next.state.first.shape]).toEqual([[], [2, 3], [7]]);
    dispose([parameters, next.parameters]);
    dispose([state.first, state.second, next.state.first, next.state.second]);
  });
});
