import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linearDecay } from './schedules.js';

const initials = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000 }).map((n) => n / 1000),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
);
const lengths = fc.integer({ min: 1, max: 1_000_000 });

describe('linearDecay', () => {
  test('is exactly the initial value at 0, and exactly 0 at the end and after it', () => {
    fc.assert(
      fc.property(initials, lengths, fc.nat(), (initial, iterations, after) => {
        expect(linearDecay(initial, iterations, 0)).toBe(initial);
        expect(linearDecay(initial, iterations, iterations + after)).toBe(0);
      }),
    );
  });

  test('never rises, never goes below zero, and stays above it until the end', () => {
    fc.assert(
      fc.property(initials, lengths, fc.nat({ max: 1_000_000 }), (initial, iterations, iteration) => {
        const here = linearDecay(initial, iterations, iteration);
        expect(linearDecay(initial, iterations, iteration + 1)).toBeLessThanOrEqual(here);
        expect(here).toBeGreaterThanOrEqual(0);
        if (iteration < iterations && initial > 1e-300) expect(here).toBeGreaterThan(0);
      }),
    );
  });

  test('falls on a straight line', () => {
    fc.assert(
      fc.property(initials, fc.integer({ min: 2, max: 1_000_000 }), fc.nat({ max: 1_000_000 }), (initial, iterations, iteration) => {
        const expected = Math.max(0, initial - (initial / iterations) * iteration);
        expect(Math.abs(linearDecay(initial, iterations, iteration) - expected)).toBeLessThanOrEqual(1e-9 * (1 + initial));
      }),
    );
    expect([0, 1, 2, 3, 4, 5].map((iteration) => linearDecay(2, 4, iteration))).toEqual([2, 1.5, 1, 0.5, 0, 0]);
  });

  test('arguments out of range are refused by name', () => {
    expect(() => linearDecay(Infinity, 10, 0)).toThrow('linearDecay: initial must be a finite number, got Infinity');
    expect(() => linearDecay(1, 0, 0)).toThrow('linearDecay: iterations must be an integer ≥ 1, got 0');
    expect(() => linearDecay(1, 10, 0.5)).toThrow('linearDecay: iteration must be an integer ≥ 0, got 0.5');
  });
});
