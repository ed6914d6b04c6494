import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { densityCoverage } from './density-coverage.js';
import { frechetFeatureDistance } from './frechet-feature-distance.js';
import { kernelDistance } from './kernel-distance.js';
import { precisionRecall } from './precision-recall.js';

const good = [
  [1, 2],
  [3, 4],
  [5, 7],
  [0, 1],
];

describe('features', () => {
  it.each([
    [undefined, 'first must be a tensor [n, dimension], { data, shape } or an array of samples, got undefined'],
    [null, 'got null'],
    [7, 'got 7'],
    ['features.npy', 'got "features.npy"'],
    [[], 'must have shape [n ≥ 1, dimension ≥ 1], got [0, 0]'],
    [[[]], 'must have shape [n ≥ 1, dimension ≥ 1], got [1, 0]'],
    [[[1, 2], [3]], 'must have samples of one length, got 2 values and, in sample 1, 1'],
    [[[1, 2], undefined], 'must hold one array per sample, got undefined as sample 1'],
    [
      [
        [1, 2],
        [3, '4'],
      ],
      'must hold numbers, got "4" in sample 1',
    ],
    [
      [
        [1, 2],
        [3, NaN],
      ],
      'must be finite, got NaN at [1, 1]',
    ],
    [{ data: new Float32Array(4) }, 'must come with its shape [n, dimension], got undefined'],
    [{ data: [1, 2, 3, 4], shape: [2, 2] }, 'must have its values in a typed array of numbers, got an Array'],
    [{ data: new BigInt64Array(4), shape: [2, 2] }, 'must have its values in a typed array of numbers, got a BigInt64Array'],
    [{ data: new Float32Array(5), shape: [2, 2] }, 'of shape [2, 2] must have 4 values, got 5'],
    [{ data: new Float32Array(4), shape: [4] }, 'must have shape [n ≥ 1, dimension ≥ 1], got [4]'],
  ])('that are none are named (case %#)', async (features, message) => {
    await expect(kernelDistance(features as never, good)).rejects.toThrow(message);
  });

  it('that are tensors of another rank or kind, or disposed, are named', async () => {
    const [line, words, gone] = [
      tensor1d([1, 2, 3]),
      tensor2d([
        ['a', 'b'],
        ['c', 'd'],
      ]),
      tensor2d(good),
    ];
    gone.dispose();
    await expect(precisionRecall(line as never, good)).rejects.toThrow(
      'precisionRecall: real must have shape [n ≥ 1, dimension ≥ 1], got [3]',
    );
    await expect(precisionRecall(good, words)).rejects.toThrow('precisionRecall: generated must be a tensor of numbers, got dtype string');
    await expect(precisionRecall(gone, good)).rejects.toThrow(
      'precisionRecall: real must be a tensor that is there, got one that was disposed',
    );
    line.dispose();
    words.dispose();
  });

  it('in batches are checked as they come', async () => {
    await expect(frechetFeatureDistance(undefined as never, good)).rejects.toThrow('featureStatistics: features must be a tensor');
    await expect(frechetFeatureDistance({} as never, good)).rejects.toThrow('or batches of them, got an empty object');
    await expect(frechetFeatureDistance([good, 5] as never, good)).rejects.toThrow('featureStatistics: features must be');
  });

  it('beyond what squares can be in float64 have no covariance, and it is said', async () => {
    await expect(frechetFeatureDistance([[1e200], [-1e200]], [[1], [2]])).rejects.toThrow(
      'the covariance must be finite, got one beyond float64',
    );
  });

  it('too few for their neighbours are named with the number', async () => {
    await expect(precisionRecall(good, good, { neighbors: 4 })).rejects.toThrow(
      'precisionRecall: real must have more than 4 samples (neighbors), got 4',
    );
    await expect(densityCoverage(good, good, { neighbors: 1.5 })).rejects.toThrow(
      'densityCoverage: neighbors must be a whole number ≥ 1, got 1.5',
    );
  });
});
