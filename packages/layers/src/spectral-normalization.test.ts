import { dispose, memory, mul, sum, tensor, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { valueAndGradients } from '@stargan/ops';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spectralNormalization, type ParameterSpec } from './index.js';
import { scattered } from './testing/differences.js';

const SPECS: readonly ParameterSpec[] = [
  { name: 'weight', kind: 'convolution', shape: [2, 1, 2, 3] },
  { name: 'bias', kind: 'bias', shape: [3] },
];
const spectral = spectralNormalization(SPECS);
const ROWS = 4;
const OUT = 3;

const times = (m: readonly number[], u: readonly number[]): number[] =>
  Array.from({ length: ROWS }, (_, row) => u.reduce((total, v, column) => total + v * m[row * OUT + column]!, 0));
const transposedTimes = (m: readonly number[], v: readonly number[]): number[] =>
  Array.from({ length: OUT }, (_, column) => v.reduce((total, w, row) => total + w * m[row * OUT + column]!, 0));
const unit = (v: readonly number[]): number[] => v.map((value) => value / Math.hypot(...v));

function iterate64(m: readonly number[], start: readonly number[], iterations: number): { u: number[]; v: number[] } {
  let u = [...start];
  let v = unit(times(m, u));
  for (let i = 0; i < iterations; i++) {
    u = unit(transposedTimes(m, v));
    if (i + 1 < iterations) v = unit(times(m, u));
  }
  return { u, v };
}
const sigma64 = (m: readonly number[], { u, v }: { u: readonly number[]; v: readonly number[] }): number =>
  times(m, u).reduce((total, value, i) => total + value * v[i]!, 0);

const matrix = fc.integer({ min: 1, max: 1000 }).map((seed) => scattered(ROWS * OUT, seed));
const weightOf = (m: readonly number[]): Tensor => tensor([...m], [2, 1, 2, 3]);
const START = unit([0.5, -1, 0.25]);

describe('spectral normalisation', () => {
  it('divides by the estimate of float64 and moves its vector on, for any number of iterations', () => {
    fc.assert(
      fc.property(matrix, fc.integer({ min: 0, max: 4 }), (m, iterations) => {
        tidy(() => {
          const { weights, state } = spectral.apply(
            { weight: weightOf(m), bias: tensor1d([1, 2, 3]) },
            { weight: tensor1d(START) },
            { iterations },
          );
          const expected = iterate64(m, START, iterations);
          const sigma = sigma64(m, expected);
          expect(Object.keys(weights)).toEqual(['weight']);
          weights.weight!.dataSync().forEach((value, i) => {
            expect(value).toBeCloseTo(m[i]! / sigma, 4);
          });
          state.weight!.dataSync().forEach((value, i) => {
            expect(value).toBeCloseTo(expected.u[i]!, 4);
          });
        });
      }),
      { numRuns: 40 },
    );
  });

  it('comes to a largest singular value of 1, step by step', () => {
    fc.assert(
      fc.property(matrix, (m) => {
        tidy(() => {
          const parameters = { weight: weightOf(m) };
          let state = spectral.init(1, 'd');
          let weights: Record<string, Tensor> = {};
          for (let step = 0; step < 40; step++) ({ weights, state } = spectral.apply(parameters, state, { iterations: 4 }));
          const w = Array.from(weights.weight!.dataSync());
          const largest = sigma64(w, iterate64(w, START, 400));
          expect(largest).toBeCloseTo(1, 2);
        });
      }),
      { numRuns: 6 },
    );
  });

  it('does not see the size of the weight', () => {
    fc.assert(
      fc.property(matrix, fc.constantFrom(0.25, 2, 16), (m, factor) => {
        tidy(() => {
          const of = (values: number[]): number[] =>
            Array.from(spectral.apply({ weight: weightOf(values) }, { weight: tensor1d(START) }).weights.weight!.dataSync());
          of(m.map((v) => v * factor)).forEach((value, i) => {
            expect(value).toBeCloseTo(of(m)[i]!, 5);
          });
        });
      }),
      { numRuns: 20 },
    );
  });

  it('has the gradients of float64, through the singular value, with the vectors as constants', () => {
    const m = scattered(ROWS * OUT, 5);
    const vectors = iterate64(m, START, 1);
    tidy(() => {
      const weighting = tensor(scattered(12, 8), [2, 1, 2, 3]);
      const { gradients } = valueAndGradients(
        ({ weight }) => sum(mul(weighting, spectral.apply({ weight }, { weight: tensor1d(START) }).weights.weight!)),
        { weight: weightOf(m) },
      );
      const value64 = (weight: number[]): number =>
        weight.reduce((total, w, i) => total + (weighting.dataSync()[i]! * w) / sigma64(weight, vectors), 0);
      gradients.weight.dataSync().forEach((g, i) => {
        const moved = (by: number): number => value64(m.map((w, j) => (i === j ? w + by : w)));
        expect(g).toBeCloseTo((moved(1e-4) - moved(-1e-4)) / 2e-4, 3);
      });
    });
  });

  it('starts from unit vectors that depend on seed, stream and name alone', () => {
    tidy(() => {
      const first = Array.from(spectral.init(3, 'd').weight!.dataSync());
      expect(Math.hypot(...first)).toBeCloseTo(1, 5);
      expect(Array.from(spectral.init(3, 'd').weight!.dataSync())).toEqual(first);
      expect(Array.from(spectral.init(4, 'd').weight!.dataSync())).not.toEqual(first);
    });
  });

  it('refuses a state of another size, and leaves nothing behind but its results', () => {
    const parameters = { weight: weightOf(scattered(12, 2)) };
    const state = { weight: tensor1d(START) };
    const before = memory().numTensors;
    const { weights, state: next } = spectral.apply(parameters, state);
    expect(memory().numTensors).toBe(before + 2);
    expect(() => spectral.apply(parameters, { weight: tensor1d([1]) })).toThrow(
      'spectralNormalization: state must be [3] for a weight [2, 1, 2, 3], got [1]',
    );
    expect(() => spectral.apply(parameters, state, { iterations: -1 })).toThrow('iterations must be a whole number ≥ 0, got -1');
    expect(() => spectral.apply(parameters, {})).toThrow('parameter weight is missing');
    dispose([weights.weight!, next.weight!, state.weight, parameters.weight]);
  });
});
