import { grad, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The values of the tensor `f` makes, and nothing left behind. */
export function valuesOf(f: () => Tensor): number[] {
  return tidy(() => Array.from(f().dataSync()));
}

/** The value of the scalar `f` makes. */
export function valueOf(f: () => Tensor): number {
  const [value, ...rest] = valuesOf(f);
  if (value === undefined || rest.length > 0) throw new Error('tests: expected one value');
  return value;
}

/** The gradient of `f` (of the sum of what it gives) at a tensor of these values. */
export function gradientOf(f: (x: Tensor) => Tensor, values: readonly number[], shape: number[] = [values.length]): number[] {
  return valuesOf(() => grad(f)(tensor(Array.from(values), shape)));
}

/** log(1 + eˣ) in float64. */
export function softplus64(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** Central differences of a float64 function, one partial derivative per element of `at`. */
export function numericalGradient(f: (x: number[]) => number, at: readonly number[], step = 1e-5): number[] {
  return at.map((_, index) => {
    const moved = (by: number): number => f(at.map((value, i) => (i === index ? value + by : value)));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

/** Gradient of a float64 function by a five-point rule, whose error is of the fourth order in the step. */
export function gradient64(f: (x: number[]) => number, at: readonly number[], step: number): number[] {
  return at.map((_, index) => {
    const moved = (by: number): number => f(at.map((value, i) => (i === index ? value + by : value)));
    return (8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step))) / (12 * step);
  });
}

/** The rows of a flat [rows, width] array. */
export function rows(values: readonly number[], width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));
}

/** The sum in float64. */
export function sum64(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The mean in float64. */
export function mean64(values: readonly number[]): number {
  return sum64(values) / values.length;
}

/** Largest |a − b| / (floor + |b|) over all elements; NaN and lengths that differ count as infinite. */
export function worstError(actual: readonly number[], expected: readonly number[], floor = 1): number {
  if (actual.length !== expected.length) return Infinity;
  return actual.reduce((worst, value, index) => {
    const want = expected[index] ?? NaN;
    const error = value === want ? 0 : Math.abs(value - want) / (floor + Math.abs(want));
    return Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }, 0);
}
