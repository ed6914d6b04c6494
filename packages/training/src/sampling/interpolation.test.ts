import { describe, expect, it } from 'vitest';
import { easedWeights, interpolate } from './interpolation.js';

describe('interpolation', () => {
  it('goes from 0 to 1 without turning back', () => {
    const weights = easedWeights();
    expect(weights[0]).toBe(0);
    expect(weights.at(-1)).toBe(1);
    weights.reduce((previous, weight) => {
      expect(weight).toBeGreaterThanOrEqual(previous);
      return weight;
    });
  });

  it('meets both ends', () => {
    const [a, b] = [Float32Array.of(1, 2), Float32Array.of(5, -2)];
    expect([...interpolate(a, b, 0)]).toEqual([1, 2]);
    expect([...interpolate(a, b, 1)]).toEqual([5, -2]);
  });
});
