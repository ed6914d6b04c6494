import { grad, mul, square, sum, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { BACKENDS, selectBackend, tensorsLeft } from './backends.js';
import { scattered, sum64, valuesOf, worstError } from './numbers.js';

/** An operation on images, and the same in float64. */
export interface OperationCase {
  readonly name: string;
  /** [batch, height, width, channels]. */
  readonly shape: readonly [number, number, number, number];
  /** Makes the operation anew, with its parameters as tensors of the backend at hand. */
  readonly operation: (image: Tensor) => Tensor;
  /** Of all images, flat. */
  readonly exact: (image: number[]) => number[];
}

/**
 * Value, gradient and the gradient of a squared gradient (the second order that R1 needs), against float64, on every backend. The
 * operations are affine in the image: behind them stands Σ y³ · w, as a discriminator would.
 */
export function describeOperation({ name, shape, operation, exact }: OperationCase): void {
  const size = shape.reduce((product, n) => product * n, 1);
  const at = scattered(size);
  const weights = scattered(size, 2);

  const score = (image: Tensor): Tensor => {
    const y = operation(image);
    return sum(mul(mul(square(y), y), tensor(weights, [...shape])));
  };
  // Affine: the columns of the constant Jacobian J are exact(x + e) − exact(x). From it, g = Jᵀ(3wy²), and the gradient of g·g is
  // 2 Jᵀ(6wy · Jg).
  const y = exact([...at]);
  const jacobian = at.map((_, j) => exact(at.map((value, i) => (i === j ? value + 1 : value))).map((moved, i) => moved - y[i]!));
  const pulledBack = (v: readonly number[]): number[] => jacobian.map((column) => sum64(column.map((d, i) => d * v[i]!)));
  const expected = pulledBack(y.map((value, i) => 3 * weights[i]! * value ** 2));
  const pushed = y.map((_, i) => sum64(jacobian.map((column, j) => column[i]! * expected[j]!)));
  const secondExpected = pulledBack(y.map((value, i) => 12 * weights[i]! * value * pushed[i]!));

  describe.each(BACKENDS)(`${name} on %s`, (backend) => {
    beforeAll(() => selectBackend(backend));
    const image = (): Tensor => tensor(at, [...shape]);

    test('has the values of float64, in the shape of the image', () => {
      expect(
        worstError(
          valuesOf(() => operation(image())),
          exact(at),
        ),
      ).toBeLessThan(1e-6);
      expect(operation(image()).shape).toEqual(shape);
    });

    test('has the gradient of float64', () => {
      expect(
        worstError(
          valuesOf(() => grad(score)(image())),
          expected,
        ),
      ).toBeLessThan(2e-6);
    });

    test('differentiates again: the gradient of its squared gradient is that of float64', () => {
      const squared = (x: Tensor): Tensor => sum(square(grad(score)(x)));
      expect(
        worstError(
          valuesOf(() => grad(squared)(image())),
          secondExpected,
        ),
      ).toBeLessThan(2e-5);
    });

    test('leaves nothing but the result in memory, and the image as it was', () => {
      const x = image();
      operation(x).dispose(); // Makes its parameters.
      const made = tensorsLeft(() => operation(x).dispose());
      expect(tensorsLeft(() => operation(x)) - made).toBe(1);
      expect(valuesOf(() => x.clone())).toEqual(at);
    });
  });
}
