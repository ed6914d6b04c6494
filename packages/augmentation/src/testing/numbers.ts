import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The values of the tensor `f` makes, and nothing left behind. */
export function valuesOf(f: () => Tensor): number[] {
  return tidy(() => Array.from(f().dataSync()));
}

/** Gradient of a float64 function by a five-point rule, whose error is of the fourth order in the step. */
export function gradient64(f: (x: number[]) => number, at: readonly number[], step = 1e-3): number[] {
  return at.map((_, index) => {
    const moved = (by: number): number => f(at.map((value, i) => (i === index ? value + by : value)));
    return (8 * (moved(step) - moved(-step)) - (moved(2 * step) - moved(-2 * step))) / (12 * step);
  });
}

/** The sum in float64. */
export const sum64 = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The mean in float64. */
export const mean64 = (values: readonly number[]): number => sum64(values) / values.length;

/** Largest |a − b| / (1 + |b|) over all elements; NaN and lengths that differ count as infinite. */
export function worstError(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity;
  return actual.reduce((worst, value, i) => {
    const error = Math.abs(value - expected[i]!) / (1 + Math.abs(expected[i]!));
    return Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }, 0);
}

/** Values in [−1, 1] that are the same in every run and have no pattern. */
export function scattered(length: number, seed = 1): number[] {
  return Array.from({ length }, (_, i) => Math.fround((Math.sin((i + 1) * 12.9898 + seed * 78.233) * 43758.5453) % 1));
}
