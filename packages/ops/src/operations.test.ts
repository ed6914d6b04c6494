import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as ops from './index.js';
import { availableBackends, useBackend } from './testing/backends.js';
import { compositionCases } from './testing/composition-cases.js';
import { measureExactness, TOLERANCE } from './testing/exactness.js';
import { operationCases } from './testing/operation-cases.js';
import { toTensor } from './testing/tensors.js';

const NOT_OPERATIONS = [
  'conv2dOutputShape',
  'defineOperation',
  'plainly',
  'recompute',
  'stopGradient',
  'unrecorded',
  'valueAndGradients',
  'vjp',
  'withoutGradients',
];

test('every exported operation has a case', () => {
  const covered = new Set([...operationCases.map(({ operation }) => operation), ...NOT_OPERATIONS]);
  expect([...covered].sort()).toEqual(Object.keys(ops).sort());
});

const cases = [...operationCases, ...compositionCases].map((testCase) => ({ ...testCase, testCase }));

describe.each(availableBackends())('on the %s backend', (backend) => {
  beforeAll(() => useBackend(backend));

  const worst = { value: 0, first: 0, second: 0 };
  afterAll(() => {
    const digits = Object.entries(worst).map(([order, error]) => `${order} ${error.toExponential(1)}`);
    console.info(`${backend}: worst relative errors: ${digits.join(', ')}`);
  });

  test.each(cases)('$operation ($name) has the value, gradients and second derivatives of float64 arithmetic', ({ testCase }) => {
    const exactness = measureExactness(testCase);
    for (const order of ['value', 'first', 'second'] as const) {
      const error = exactness[order];
      if (error instanceof Error) throw error;
      expect(error, order).toBeLessThanOrEqual(TOLERANCE);
      worst[order] = Math.max(worst[order], error);
    }
  });

  test.each(cases)('$operation ($name) leaves nothing but its result', ({ testCase }) => {
    measureExactness(testCase); // Kernels may keep constants from their first use.
    const before = memory();
    const inputs = testCase.inputs.map(toTensor);
    const output = testCase.run(...inputs);
    expect(memory().numTensors).toBe(before.numTensors + inputs.length + 1);
    for (const tensor of [...inputs, output]) tensor.dispose();
    measureExactness(testCase);
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(memory().numBytes).toBe(before.numBytes);
  });
});
