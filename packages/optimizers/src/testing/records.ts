import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Parameters } from '../parameters.js';

/** Values by name; made into tensors [length] by {@link tensorsOf}. */
export type Values = Record<string, number[]>;

export function tensorsOf(values: Values): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(values).map(([name, numbers]) => [name, tensor(numbers)]));
}

export function valuesOf(parameters: Parameters): Values {
  return Object.fromEntries(Object.entries(parameters).map(([name, t]) => [name, Array.from(t.dataSync())]));
}

/** A float32 of ordinary size, spread evenly (`fc.float` would nearly always be tiny), or 0. */
export const ordinary = fc.integer({ min: -10_000, max: 10_000 }).map((n) => Math.fround(n / 1000));

/** Two records with the same names and sizes. */
export const twins: fc.Arbitrary<[Values, Values]> = fc
  .uniqueArray(fc.constantFrom('a', 'b.weight', 'b.bias', 'constructor', '0'), { minLength: 1, maxLength: 4 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) => fc.array(fc.tuple(ordinary, ordinary), { minLength: 1, maxLength: 4 }).map((pairs) => [name, pairs] as const)),
    ),
  )
  .map((entries) => [
    Object.fromEntries(entries.map(([name, pairs]) => [name, pairs.map(([first]) => first)])),
    Object.fromEntries(entries.map(([name, pairs]) => [name, pairs.map(([, second]) => second)])),
  ]);

/** The same record with its keys in reverse order. */
export function reversed<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).reverse());
}

/** Largest |a − b| / (1 + |b|) over all names and elements, after what `allowed` explains of |a − b|. */
export function worstError(actual: Values, expected: Values, allowed: Values = {}): number {
  let worst = 0;
  for (const [name, numbers] of Object.entries(expected)) {
    const got = actual[name] ?? [];
    if (got.length !== numbers.length) return Infinity;
    numbers.forEach((want, index) => {
      const error = Math.max(0, Math.abs((got[index] ?? NaN) - want) - (allowed[name]?.[index] ?? 0)) / (1 + Math.abs(want));
      worst = Number.isNaN(error) ? Infinity : Math.max(worst, error);
    });
  }
  return worst;
}
