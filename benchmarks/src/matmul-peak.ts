import { matMul, randomNormal, slice, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

const SIZE = 1024;

/**
 * FLOP/s of the best of a few 1024³ matrix products: what this machine can do now, to compare others with.
 *
 * @param runs matrix products to take the best of
 */
export function measureMatmulPeak(runs: number): number {
  return tidy(() => {
    const a: Tensor2D = randomNormal([SIZE, SIZE], 0, 1, 'float32', 1);
    const b: Tensor2D = randomNormal([SIZE, SIZE], 0, 1, 'float32', 2);
    let best = Infinity;
    // One more than timed, to warm up.
    for (let run = 0; run <= runs; run++) {
      const start = performance.now();
      tidy(() => slice(matMul(a, b), [0, 0], [1, 1]).dataSync());
      if (run > 0) best = Math.min(best, performance.now() - start);
    }
    return (2 * SIZE ** 3 * 1e3) / best;
  });
}
