import { grad, mul, square, sum, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { absolute } from './absolute.js';
import { BACKENDS, selectBackend } from '../testing/backends.js';
import { valuesOf } from '../testing/numbers.js';

const AT = [-3, -0.5, 0, 0.25, 2];

describe.each(BACKENDS)('absolute on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('its derivative is the sign, and 0 at 0', () => {
    expect(valuesOf(() => grad(absolute)(tensor1d(AT)))).toEqual([-1, -1, 0, 1, 1]);
  });

  test('its derivative is ±1 however small the number', () => {
    expect(valuesOf(() => grad(absolute)(tensor1d([5e-7, 1e-7, 1e-8, -1e-7, -1e-30])))).toEqual([1, 1, 1, -1, -1]);
  });

  test('it can be differentiated again, with the right second derivatives around it', () => {
    // f = Σ |x|·x² has f' = 3|x|x, so Σ f'² has derivative 2·f'·f'' = 2·3|x|x·6|x| = 36 x³.
    const cubed = (x: Tensor): Tensor => sum(mul(absolute(x), square(x)));
    const second = grad((x: Tensor) => sum(square(grad(cubed)(x))));
    expect(valuesOf(() => second(tensor1d(AT)))).toEqual(AT.map((x) => 36 * x ** 3));
  });

  test('its own second derivative is zero', () => {
    const second = grad((x: Tensor) => sum(mul(grad(absolute)(x), x)));
    // d/dx Σ sign(x)·x = sign(x): no contribution from the derivative of sign.
    expect(valuesOf(() => second(tensor1d(AT)))).toEqual([-1, -1, 0, 1, 1]);
  });
});
