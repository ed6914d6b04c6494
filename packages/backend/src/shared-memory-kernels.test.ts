import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { shareMemoryWhereNothingChanges } from './shared-memory-kernels.js';

const native = tf.getBackend() === 'tensorflow';

test('casts and reshapes that change nothing take no memory, and outlive what they were made of', (context) => {
  if (!native) return context.skip('another backend was selected');
  shareMemoryWhereNothingChanges();
  const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const before = tf.memory().numDataBuffers;
  const same = [tf.cast(x, 'float32'), tf.reshape(x, [2, 2])];
  expect(tf.memory().numDataBuffers).toBe(before);
  x.dispose();
  for (const tensor of same) expect([...tensor.dataSync()]).toEqual([1, 2, 3, 4]);
  tf.dispose(same);
  expect(tf.memory().numDataBuffers).toBe(before - 1);
});

test('those that change something still do', (context) => {
  if (!native) return context.skip('another backend was selected');
  tf.tidy(() => {
    const x = tf.tensor2d([1.5, 2, 3, 4], [2, 2]);
    const whole = tf.cast(x, 'int32');
    expect([whole.dtype, ...whole.dataSync()]).toEqual(['int32', 1, 2, 3, 4]);
    const flat = tf.reshape(x, [4]);
    expect(flat.shape).toEqual([4]);
    expect([...tf.add(flat, tf.tensor1d([1, 1, 1, 1])).dataSync()]).toEqual([2.5, 3, 4, 5]);
  });
});
