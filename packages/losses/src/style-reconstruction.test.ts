import { tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { styleReconstructionLoss } from './style-reconstruction.js';
import { selectBackend } from './testing/backends.js';
import { describeMeanAbsoluteDifference } from './testing/mean-absolute-difference-properties.js';
import { gradientOf } from './testing/numbers.js';

describeMeanAbsoluteDifference('styleReconstructionLoss', styleReconstructionLoss);

describe('styleReconstructionLoss', () => {
  beforeAll(() => selectBackend('cpu'));

  test('gradient reaches the given style as well as the encoded one', () => {
    const style = [1, 2];
    const encoded = [0, 5];
    expect(gradientOf((x) => styleReconstructionLoss(x, tensor2d(encoded, [1, 2])), style, [1, 2])).toEqual([0.5, -0.5]);
    expect(gradientOf((x) => styleReconstructionLoss(tensor2d(style, [1, 2]), x), encoded, [1, 2])).toEqual([-0.5, 0.5]);
  });
});
