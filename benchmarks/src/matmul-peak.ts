import { matMul, randomNormal, slice, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

const SMALLEST = 1024;
const LARGEST = 8192;
/** Shorter products would measure the launch and the reading back of a fast graphics card. */
const MILLISECONDS = 3;

/**
 * FLOP/s of the best of a few matrix products of 1024³, or of the next powers of two where that takes less than three
 * milliseconds: what this machine can do now, to compare others with.
 *
 * @param runs matrix products to take the best of
 */
export function measureMatmulPeak(runs: number): number {
  let size = SMALLEST;
  let best = bestMilliseconds(size, runs);
  while (best < MILLISECONDS && size < LARGEST) {
    size *= 2;
    best = bestMilliseconds(size, runs);
  }
  return (2 * size ** 3 * 1e3) / best;
}

function bestMilliseconds(size: number, runs: number): number {
  return tidy(() => {
    const a: Tensor2D = randomNormal([size, size], 0, 1, 'float32', 1);
    const b: Tensor2D = randomNormal([size, size], 0, 1, 'float32', 2);
    let best = Infinity;
    // One more than timed, to warm up.
    for (let run = 0; run <= runs; run++) {
      const start = performance.now();
      tidy(() => slice(matMul(a, b), [0, 0], [1, 1]).dataSync());
      if (run > 0) best = Math.min(best, performance.now() - start);
    }
    return best;
  });
}
