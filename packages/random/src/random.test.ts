import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fnv1a32, normalArray, permutation, philox4x32, randomStream } from './index.js';

function philox(counter: number[], key: number[]): number[] {
  const out = new Uint32Array(4);
  philox4x32(counter, key, out);
  return [...out];
}

describe('philox4x32', () => {
  it('gives the known answers of Random123', () => {
    expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    const ones = 0xffffffff;
    expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
    expect(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });
});

describe('randomStream', () => {
  const streams = fc.tuple(fc.nat(), fc.string(), fc.nat());

  it('is a pure function of seed, stream and iteration', () => {
    fc.assert(
      fc.property(streams, ([seed, name, iteration]) => {
        const a = randomStream(seed, name, iteration);
        const b = randomStream(seed, name, iteration);
        for (let i = 0; i < 9; i++) expect(a.uniform()).toBe(b.uniform());
      }),
    );
  });

  it('differs when the seed, the stream or the iteration differs', () => {
    const first = (seed: number, name: string, iteration: number): number => randomStream(seed, name, iteration).uniform();
    const values = [
      first(1, 'a', 1),
      first(2, 'a', 1),
      first(1, 'b', 1),
      first(1, 'a', 2),
      first(1 + 2 ** 32, 'a', 1),
      first(1, 'a', 1 + 2 ** 32),
    ];
    expect(new Set(values).size).toBe(values.length);
  });

  it('keeps every draw within its range', () => {
    fc.assert(
      fc.property(streams, fc.integer({ min: 1, max: 2 ** 32 }), ([seed, name, iteration], bound) => {
        const stream = randomStream(seed, name, iteration);
        const u = stream.uniform();
        const n = stream.integer(bound);
        return u >= 0 && u < 1 && Number.isInteger(n) && n >= 0 && n < bound && Number.isFinite(stream.normal());
      }),
    );
  });

  it('has the moments of the standard normal distribution', () => {
    const n = 200_000;
    const values = normalArray(n, randomStream(777, 'moments'));
    const moment = (power: number): number => values.reduce((sum, v) => sum + v ** power, 0) / n;
    // Five standard errors of each moment's estimate.
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  });

  it('names the argument that is out of range', () => {
    expect(() => randomStream(-1, 'x')).toThrow('seed must be a whole number from 0 to 2^53 - 1, got -1');
    expect(() => randomStream(1, 'x', 0.5)).toThrow('iteration must be');
    expect(() => randomStream(1, 'x').integer(0)).toThrow('bound must be');
  });
});

describe('permutation', () => {
  it('holds every index once', () => {
    fc.assert(
      fc.property(fc.nat({ max: 200 }), fc.nat(), (length, seed) => {
        const order = permutation(length, randomStream(seed, 'order'));
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
      }),
    );
  });

  it('reaches each order of three about equally often', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const key = permutation(3, randomStream(seed, 'order')).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('fnv1a32', () => {
  it('gives published values', () => {
    expect(fnv1a32('')).toBe(0x811c9dc5);
    expect(fnv1a32('foobar')).toBe(0xbf9cf968);
  });
});
