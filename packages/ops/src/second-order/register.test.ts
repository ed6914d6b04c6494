// Brings tensorflow.js's own gradients, as importing @tensorflow/tfjs does.
import '@tensorflow/tfjs-layers';
import { dispose, getGradient, grad, memory, mul, registerGradient, square, sum, tidy } from '@tensorflow/tfjs-core';
import type { GradConfig } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { gradientTable } from '../gradients/table.js';
import { availableBackends, useBackend } from '../testing/backends.js';
import { measureExactness, TOLERANCE } from '../testing/exactness.js';
import { kernelCases, kernelCasesBeyondWasm, stockSlopes } from '../testing/kernel-cases.js';
import { stockCases } from '../testing/stock-cases.js';
import { toTensor } from '../testing/tensors.js';
import { registerSecondOrderGradients } from './register.js';

// In a process of its own: it registers gradients for all tests after it.

// Before anything replaces them.
const stockGradients = new Map(stockSlopes.map(({ kernel }) => [kernel, getGradient(kernel)]));

beforeAll(registerSecondOrderGradients);

describe.each(availableBackends())('on the %s backend', (backend) => {
  beforeAll(() => useBackend(backend));

  const cases = [
    ...kernelCases,
    ...(backend === 'wasm' ? [] : kernelCasesBeyondWasm),
    ...stockCases.filter(({ operation }) => backend !== 'wasm' || operation !== 'tf.depthwiseConv2d'),
  ];

  test.each(cases.map((testCase) => ({ ...testCase, testCase })))('$operation ($name) is exact to second order', ({ testCase }) => {
    const exactness = measureExactness(testCase);
    for (const order of ['value', 'first', 'second'] as const) {
      const error = exactness[order];
      if (error instanceof Error) throw error;
      expect(error, order).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  test('gradients of gradients leave nothing behind', () => {
    const run = (): void => {
      for (const { run, inputs } of cases.filter(({ inputs }) => inputs.length === 1)) {
        const x = toTensor(inputs[0]!);
        const first = grad((y) => sum(square(run(y))));
        dispose([x, grad((y) => sum(square(first(y))))(x)]);
      }
    };
    run();
    const before = memory().numTensors;
    run();
    expect(memory().numTensors).toBe(before);
  });
});

describe('what cannot be differentiated twice', () => {
  beforeAll(() => useBackend('cpu'));

  test.each(stockSlopes)("$kernel has tensorflow.js's own first derivative", ({ kernel, run, input }) => {
    const slope = (config: GradConfig): Float32Array => {
      registerGradient(config);
      return tidy(() => grad((x) => sum(run(x)))(toTensor(input)).dataSync<'float32'>());
    };
    const stock = stockGradients.get(kernel)!;
    const own = gradientTable.find(({ kernelName }) => kernelName === kernel)!;
    expect(slope(own)).toEqual(slope(stock));
  });

  test.each(stockSlopes.filter(({ refused }) => refused !== undefined))(
    '$kernel is refused with a sentence that says what to take instead',
    ({ run, input, refused }) => {
      const twice = (): unknown => tidy(() => grad((x) => sum(square(grad((y) => sum(square(run(mul(y, y)))))(x))))(toTensor(input)));
      expect(twice).toThrow(new RegExp(`^${refused}: this operation's gradient is not known, .* use .* in its place$`));
    },
  );
});
