import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test } from 'vitest';
import { loadCpu, loadWasm } from './portable-runtime.js';

const before = tf.getBackend();

afterEach(async () => {
  await tf.setBackend(before);
});

test.each([
  ['wasm', loadWasm],
  ['cpu', loadCpu],
] as const)('%s computes a product', async (kind, load) => {
  expect(await load()).toMatchObject({ kind, backendName: kind });
  expect(tf.getBackend()).toBe(kind);
  expect([...tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]).dataSync())]).toEqual([11]);
});

test('a convolution trains on wasm', async () => {
  await loadWasm();
  const gradients = tf.grads((x, w) => tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))));
  const shapes = tf.tidy(() => gradients([tf.ones([1, 4, 4, 2]), tf.ones([3, 3, 2, 3])]).map((gradient) => gradient.shape));
  expect(shapes).toEqual([
    [1, 4, 4, 2],
    [3, 3, 2, 3],
  ]);
});
