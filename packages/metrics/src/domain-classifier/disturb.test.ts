import { memory } from '@tensorflow/tfjs-core';
import { randomStream } from '@stargan/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SquareImages } from '../images.js';
import { disturb } from './disturb.js';

const SIZE = 16;
const PER_IMAGE = SIZE * SIZE * 3;

/** Images of one value each, or of one value per column. */
function images(count: number, valueAt: (image: number, column: number) => number): SquareImages {
  const data = Float32Array.from({ length: count * PER_IMAGE }, (_, i) => valueAt(Math.floor(i / PER_IMAGE), Math.floor(i / 3) % SIZE));
  return { size: SIZE, data };
}

function disturbed(batch: SquareImages, seed: number): Float32Array {
  const result = disturb(batch, randomStream(seed, 'disturb-test'));
  const data = result.dataSync<'float32'>().slice();
  result.dispose();
  return data;
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('disturb', () => {
  it('stays in [-1, 1] at the images’ shape, leaves them as they were and keeps nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }), fc.nat(), (values, seed) => {
        const batch = images(values.length, (image) => values[image]!);
        const before = memory().numTensors;
        const result = disturb(batch, randomStream(seed, 'disturb-test'));
        expect(result.shape).toEqual([values.length, SIZE, SIZE, 3]);
        expect(result.dataSync().every((value) => value >= -1 && value <= 1)).toBe(true);
        result.dispose();
        expect(memory().numTensors).toBe(before);
        expect(batch.data).toEqual(images(values.length, (image) => values[image]!).data);
      }),
      { numRuns: 30 },
    );
  });

  it('is the same for the same stream, and another for each image and stream', () => {
    const batch = images(2, () => 0.25);
    const once = disturbed(batch, 1);
    expect(disturbed(batch, 1)).toEqual(once);
    expect(disturbed(batch, 2)).not.toEqual(once);
    expect(once.slice(PER_IMAGE)).not.toEqual(once.slice(0, PER_IMAGE));
  });

  it('makes grey neither lighter nor darker on the whole', () => {
    // A mean of 400 has a standard error of about 0.01.
    expect(
      Math.abs(
        mean(
          disturbed(
            images(400, () => 0),
            3,
          ),
        ),
      ),
    ).toBeLessThan(0.03);
  });

  it('mirrors about half of the images, and otherwise keeps what is where', () => {
    const count = 400;
    const data = disturbed(
      images(count, (_, column) => (column < SIZE / 2 ? -0.8 : 0.8)),
      4,
    );
    const rightMinusLeft = Array.from({ length: count }, (_, image) => {
      const sides = [0, 0];
      for (let i = 0; i < PER_IMAGE; i++)
        sides[(Math.floor(i / 3) % SIZE) * 2 < SIZE ? 0 : 1]! += data[image * PER_IMAGE + i]! / (PER_IMAGE / 2);
      return sides[1]! - sides[0]!;
    });
    // The step of 1.6 is still there in all, either way round: no disturbance hides what an image shows.
    expect(Math.min(...rightMinusLeft.map(Math.abs))).toBeGreaterThan(0.2);
    const mirrored = rightMinusLeft.filter((difference) => difference < 0).length / count;
    expect(mirrored).toBeGreaterThan(0.4);
    expect(mirrored).toBeLessThan(0.6);
  });
});
