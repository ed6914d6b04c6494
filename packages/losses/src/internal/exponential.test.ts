import { grad, mul, square, sum, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { exponential } from './exponential.js';
import { logSumExp } from './log-sum-exp.js';
import { BACKENDS, selectBackend, tensorsLeft } from '../testing/backends.js';
import { describeDerivatives } from '../testing/derivatives.js';
import { gradientOf, sum64, valuesOf, worstError } from '../testing/numbers.js';

describe.each(BACKENDS)('exponential on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('has eˣ as its derivative of every order', () => {
    const at = [-3, -0.5, 0, 0.25, 2];
    const first = (x: Tensor): Tensor => grad(exponential)(x);
    const second = (x: Tensor): Tensor => grad((p: Tensor) => sum(first(p)))(x);
    for (const f of [exponential, first, second])
      expect(
        worstError(
          valuesOf(() => f(tensor1d(at))),
          at.map(Math.exp),
        ),
      ).toBeLessThan(1e-6);
    const squared = gradientOf((x) => sum(square(grad(exponential)(x))), at);
    expect(
      worstError(
        squared,
        at.map((x) => 2 * Math.exp(2 * x)),
      ),
    ).toBeLessThan(1e-6);
  });
});

describeDerivatives({
  name: 'logSumExp',
  inputs: [{ values: [0.5, -1, 2, 1.5, 0, -0.25], shape: [2, 3] }],
  loss: (x) => sum(mul(logSumExp(x), tensor1d([1, -2]))),
  exact: (x) => sum64([1, -2].map((weight, row) => weight * Math.log(sum64(x.slice(3 * row, 3 * row + 3).map(Math.exp))))),
});

describe('logSumExp', () => {
  beforeAll(() => selectBackend('cpu'));

  test('neither overflows nor underflows, and leaves nothing in memory but what it makes', () => {
    const each = valuesOf(() => logSumExp(tensor2d([1e4, -1e4, 0, -1e4, -1e4, -1e4], [2, 3])));
    expect(worstError(each, [1e4, -1e4 + Math.log(3)])).toBeLessThan(1e-7);
    const x = tensor1d([1, 2]);
    expect(tensorsLeft(() => exponential(x))).toBe(1);
  });
});
