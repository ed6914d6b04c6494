import { mul } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { diversityLoss, type DiversityOptions } from './diversity.js';
import { selectBackend } from './testing/backends.js';
import { describeMeanAbsoluteDifference } from './testing/mean-absolute-difference-properties.js';
import { gradientOf } from './testing/numbers.js';

describeMeanAbsoluteDifference('diversityLoss', (a, b, options) => diversityLoss(a, b, { ...options, gradientThrough: 'both' }));
describeMeanAbsoluteDifference('diversityLoss', diversityLoss);

describe('diversityLoss', () => {
  beforeAll(() => selectBackend('cpu'));

  // Both images are made from one parameter: w·3 and w·1, so |3w − w| has slope 2, or 3 when the second is constant.
  const slope = (options?: DiversityOptions): number[] => gradientOf((w) => diversityLoss(mul(w, 3), mul(w, 1), options), [2], [1, 1]);

  test('the second image is a constant by default', () => {
    expect(slope()).toEqual([3]);
  });

  test('gradient flows through both images when asked for', () => {
    expect(slope({ gradientThrough: 'both' })).toEqual([2]);
  });
});
