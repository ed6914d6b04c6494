import { div, matMul, mean, randomNormal, reshape, scalar, sub, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { frechetDistance, statisticsAccumulator, type FeatureRows, type FeatureStatistics } from '@stargan/metrics';
import type { Scale } from '../scale.js';
import type { Case, Suite } from '../suite.js';

/** What FID takes besides the network: mean and covariance of features, and the distance of two of them. */
export const suite: Suite = {
  name: 'frechet',
  cases: (scale) => {
    const { dimension, few, many } = shapesOf(scale);
    return [statisticsCase(many, dimension), distanceCase(many, dimension), distanceCase(few, dimension)];
  },
};

/** Inception's features, of fewer and of more samples than dimensions; or as few as show that it runs. */
function shapesOf({ models }: Scale): { dimension: number; few: number; many: number } {
  const quick = models.every(({ imageSize }) => imageSize < 64);
  return quick ? { dimension: 20, few: 10, many: 50 } : { dimension: 2048, few: 500, many: 3000 };
}

const features = (n: number, dimension: number, seed: number): Tensor2D => randomNormal([n, dimension], 1, 1, 'float32', seed);

function collect(rows: FeatureRows): FeatureStatistics {
  const accumulator = statisticsAccumulator(rows.shape[1]);
  accumulator.add(rows);
  return accumulator.statistics();
}

function statisticsCase(n: number, dimension: number): Case {
  return {
    name: `statistics of ${n}×${dimension}`,
    prepare: () => {
      const tensor = features(n, dimension, 1);
      const rows: FeatureRows = { data: tensor.dataSync<'float32'>(), shape: [n, dimension] };
      return {
        'float64, one pass': () => tensor1d(Float32Array.from(collect(rows).covariance)),
        'float32 matmul, two passes': () => {
          const deviations = sub(tensor, mean(tensor, 0, true));
          return reshape(div(matMul(deviations, deviations, true), n - 1), [-1]);
        },
      };
    },
  };
}

function distanceCase(n: number, dimension: number): Case {
  return {
    name: `distance of ${n} and ${n} samples of ${dimension}`,
    prepare: () => {
      const [first, second] = [1, 2].map((seed) =>
        collect({ data: features(n, dimension, seed).dataSync<'float32'>(), shape: [n, dimension] }),
      );
      return { 'singular values of factors': () => scalar(frechetDistance(first!, second!)) };
    },
  };
}
