import { zeros } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { addBias, affine, residualSum } from './index.js';
import { useBackend } from './testing/backends.js';

beforeAll(() => useBackend('cpu'));

test('affine says which shapes must fit', () => {
  expect(() => affine(zeros([2, 3]), zeros([4, 5]), zeros([5]))).toThrow(
    'affine: x [batch, in] and weight [in, out] must fit, got [2, 3] and [4, 5]',
  );
  expect(() => affine(zeros([2]), zeros([2, 5]), zeros([5]))).toThrow(
    'affine: x [batch, in] and weight [in, out] must fit, got [2] and [2, 5]',
  );
  expect(() => affine(zeros([2, 3]), zeros([3]), zeros([5]))).toThrow(
    'affine: x [batch, in] and weight [in, out] must fit, got [2, 3] and [3]',
  );
  expect(() => affine(zeros([2, 3]), zeros([3, 5]), zeros([4]))).toThrow('affine: bias must have shape [5], got [4]');
});

test('addBias takes one number per channel', () => {
  expect(() => addBias(zeros([1, 2, 2, 3]), zeros([2]))).toThrow('addBias: bias must have shape [3], got [2]');
  expect(() => addBias(zeros([1, 2, 2, 3]), zeros([1, 3]))).toThrow('addBias: bias must have shape [3], got [1, 3]');
});

test('residualSum takes two tensors of one shape, without broadcasting', () => {
  expect(() => residualSum(zeros([2, 3]), zeros([3]))).toThrow('residualSum: b must have shape [2, 3], got [3]');
  expect(() => residualSum(zeros([2, 3]), zeros([2, 1]))).toThrow('residualSum: b must have shape [2, 3], got [2, 1]');
});
