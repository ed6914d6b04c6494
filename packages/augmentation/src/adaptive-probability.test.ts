import { scalar, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  adaptiveProbability,
  initialAdaptiveProbability,
  meanSign,
  updateAdaptiveProbability,
  type AdaptiveProbability,
  type AdaptiveProbabilityOptions,
} from './index.js';
import { BACKENDS, selectBackend, tensorsLeft } from './testing/backends.js';
import { mean64, sum64, valuesOf, worstError } from './testing/numbers.js';

const read = (state: AdaptiveProbability): number[] => valuesOf(() => state.clone());
const probabilityOf = (state: AdaptiveProbability): number => valuesOf(() => adaptiveProbability(state))[0]!;

/** The states of a run over these signs. */
function run(signs: readonly number[], images: number, options: AdaptiveProbabilityOptions, from = 0): AdaptiveProbability {
  let state = initialAdaptiveProbability(from);
  for (const sign of signs) {
    const next = updateAdaptiveProbability(state, scalar(sign), images, options);
    state.dispose();
    state = next;
  }
  return state;
}

describe.each(BACKENDS)('the adaptive probability on %s', (backend) => {
  beforeAll(() => selectBackend(backend));

  test('is that of the same rule in float64', () => {
    const options = { target: 0.25, rampImages: 64, interval: 3, limit: 0.75 };
    const eighths = fc.integer({ min: -8, max: 8 }).map((n) => n / 8);
    fc.assert(
      fc.property(fc.array(eighths, { maxLength: 24 }), fc.integer({ min: 0, max: 3 }), (signs, quarters) => {
        let p = quarters / 4;
        for (let i = 0; i + 3 <= signs.length; i += 3) {
          p = Math.min(0.75, Math.max(0, p + Math.sign(mean64(signs.slice(i, i + 3)) - 0.25) * ((4 * 3) / 64)));
        }
        const rest = signs.slice(signs.length - (signs.length % 3));
        // Eighths and sixteenths: all sums are exact. A third of a sum may miss the target by rounding alone.
        fc.pre(
          Array.from({ length: Math.floor(signs.length / 3) }, (_, i) => sum64(signs.slice(3 * i, 3 * i + 3))).every((s) => s !== 0.75),
        );
        expect(read(run(signs, 4, options, quarters / 4)).map((v) => v + 0)).toEqual([p + 0, sum64(rest) + 0, rest.length]);
      }),
      { numRuns: 30 },
    );
  });

  test('counts signs: 1 for a logit above 0, −1 below, 0 at 0', () => {
    expect(valuesOf(() => meanSign(tensor2d([3, 1e-9, 0, -100], [4, 1])))).toEqual([0.25]);
  });
});

describe('the adaptive probability', () => {
  beforeAll(() => selectBackend('cpu'));

  test('rises from 0 to 1 in as many images as it is told, where the discriminator is always sure', () => {
    const steps = 40;
    const state = run(Array(steps).fill(1) as number[], 8, { rampImages: steps * 8 });
    expect(worstError([probabilityOf(state)], [1])).toBeLessThan(1e-6);
    const half = run(Array(steps / 2).fill(1) as number[], 8, { rampImages: steps * 8 });
    expect(worstError([probabilityOf(half)], [0.5])).toBeLessThan(1e-6);
  });

  test('stays where the mean sign is the target, within 0 and the limit, and does not move between', () => {
    expect(probabilityOf(run([0.5, 0.5], 8, { target: 0.5, interval: 1, rampImages: 80 }, 0.25))).toBe(0.25);
    expect(probabilityOf(run([-1, -1], 8, { interval: 1, rampImages: 8 }))).toBe(0);
    expect(probabilityOf(run([1, 1, 1], 8, { interval: 1, rampImages: 8, limit: 0.5 }))).toBe(0.5);
    expect(probabilityOf(run([1, 1, 1], 8, { interval: 4, rampImages: 8 }))).toBe(0);
  });

  test('goes on from what was saved as if it had not been saved', () => {
    const signs = [1, 0.5, -1, 1, 1, 0.25, 1, 1, -0.5, 1];
    const options = { rampImages: 100 };
    for (let cut = 0; cut <= signs.length; cut++) {
      let state: AdaptiveProbability = tensor1d(read(run(signs.slice(0, cut), 8, options)));
      for (const sign of signs.slice(cut)) state = updateAdaptiveProbability(state, scalar(sign), 8, options);
      expect(read(state)).toEqual(read(run(signs, 8, options)));
    }
  });

  test('makes one tensor a step, leaves the old one to its owner, and refuses what is out of range', () => {
    const [state, sign] = [initialAdaptiveProbability(), scalar(1)];
    expect(tensorsLeft(() => updateAdaptiveProbability(state, sign, 8))).toBe(1);
    expect(tensorsLeft(() => adaptiveProbability(state))).toBe(1);
    expect(read(state)).toEqual([0, 0, 0]);
    expect(() => initialAdaptiveProbability(2)).toThrow('initialAdaptiveProbability: probability must be a number from 0 to 1, got 2');
    const refuse = (options: AdaptiveProbabilityOptions, message: string): void =>
      expect(() => updateAdaptiveProbability(state, sign, 8, options)).toThrow(`updateAdaptiveProbability: ${message}`);
    refuse({ target: 1 }, 'target must be a number between -1 and 1, got 1');
    refuse({ rampImages: 0 }, 'rampImages must be a number > 0, got 0');
    refuse({ interval: 0.5 }, 'interval must be a whole number ≥ 1, got 0.5');
    refuse({ limit: -1 }, 'limit must be a number from 0 to 1, got -1');
    expect(() => updateAdaptiveProbability(state, sign, 0)).toThrow('images must be a number > 0, got 0');
  });
});
