import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { truncateStyle } from './truncation.js';

describe('truncation', () => {
  it('leaves a style alone at 1 and gives the average at 0', () => {
    tidy(() => {
      const style = tensor2d([
        [1, 2],
        [3, 4],
      ]);
      const average = tensor2d([[10, 20]]);
      expect([...truncateStyle(style, average, 1).dataSync()]).toEqual([1, 2, 3, 4]);
      expect([...truncateStyle(style, average, 0).dataSync()]).toEqual([10, 20, 10, 20]);
    });
  });
});
