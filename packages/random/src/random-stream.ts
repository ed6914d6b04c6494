import { fnv1a32 } from './fnv1a.js';
import { philox4x32 } from './philox.js';

/** A sequence of random numbers. Two streams made with the same arguments give the same numbers. */
export interface RandomStream {
  /** The next number, uniform in [0, 1), with 53 random bits. */
  uniform(): number;
  /**
   * The next whole number, uniform in 0 … `bound` − 1.
   *
   * @param bound whole number from 1 to 2³²
   * @throws RangeError unless `bound` is one
   */
  integer(bound: number): number;
  /** The next number of the standard normal distribution N(0, 1). */
  normal(): number;
}

/**
 * Random numbers as a pure function of (seed, stream, iteration).
 *
 * Nothing has to be saved to resume a run: iteration 1,000 draws the same numbers whether or not the
 * 999 before it were run.
 *
 * @param seed whole number from 0 to 2⁵³ − 1
 * @param stream name of what the numbers are for; streams of different names are independent
 * @param iteration whole number from 0 to 2⁵³ − 1
 * @throws RangeError when seed or iteration are out of range
 */
export function randomStream(seed: number, stream: string, iteration = 0): RandomStream {
  requireWhole('seed', seed);
  requireWhole('iteration', iteration);
  const key = new Uint32Array([seed, fnv1a32(stream)]);
  // The seed's upper half has no room in the 64-bit key, so it shares the counter with the iteration's.
  const counter = new Uint32Array([0, fnv1a32(`${Math.floor(seed / 2 ** 32)}`), iteration, Math.floor(iteration / 2 ** 32)]);
  const block = new Uint32Array(4);
  let used = 4;
  let spare: number | undefined;

  function word(): number {
    if (used === 4) {
      philox4x32(counter, key, block);
      counter[0]! += 1;
      used = 0;
    }
    return block[used++]!;
  }

  function uniform(): number {
    const high = word() >>> 5;
    const low = word() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  return {
    uniform,
    integer(bound) {
      if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
        throw new RangeError(`integer: bound must be a whole number from 1 to 2^32, got ${bound}`);
      }
      return Math.floor(uniform() * bound);
    },
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      // Box–Muller; 1 − u keeps the logarithm's argument above zero.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

function requireWhole(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`randomStream: ${name} must be a whole number from 0 to 2^53 - 1, got ${value}`);
  }
}
