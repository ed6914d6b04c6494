import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCpu } from './portable-runtime.js';
import { convolutionFilterGradient } from './wasm-convolution-gradient.js';

const before = tf.getBackend();

beforeAll(async () => {
  await loadCpu();
});

afterAll(async () => {
  await tf.setBackend(before);
});

const shape = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  height: fc.integer({ min: 4, max: 7 }),
  width: fc.integer({ min: 4, max: 7 }),
  inChannels: fc.integer({ min: 1, max: 3 }),
  outChannels: fc.integer({ min: 1, max: 3 }),
  size: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 2 }),
  pad: fc.constantFrom('same' as const, 'valid' as const),
});

test('the composed filter gradient equals the kernel of the JavaScript backend for any shape', () => {
  fc.assert(
    fc.property(shape, ({ batch, height, width, inChannels, outChannels, size, stride, pad }) => {
      const difference = tf.tidy(() => {
        const x = tf.randomUniform<tf.Rank.R4>([batch, height, width, inChannels], -1, 1, 'float32', 7);
        const filterShape: [number, number, number, number] = [size, size, inChannels, outChannels];
        const y = tf.conv2d(x, tf.zeros<tf.Rank.R4>(filterShape), stride, pad);
        const dy = tf.randomUniform<tf.Rank.R4>(y.shape, -1, 1, 'float32', 8);
        const attrs = { strides: [stride, stride] as [number, number], pad, dataFormat: 'NHWC' as const, filterShape };
        const expected: tf.Tensor = tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, attrs);
        const actual = convolutionFilterGradient(x, dy, attrs);
        expect(actual.shape).toEqual(filterShape);
        return tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0];
      });
      expect(difference).toBeLessThan(1e-5);
    }),
    { numRuns: 40 },
  );
});

test('it keeps nothing but its result', () => {
  const x = tf.ones<tf.Rank.R4>([1, 4, 4, 1]);
  const dy = tf.ones<tf.Rank.R4>([1, 4, 4, 1]);
  const tensors = tf.memory().numTensors;
  const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 1, 1] };
  convolutionFilterGradient(x, dy, attrs as unknown as tf.Conv2DBackpropFilterAttrs).dispose();
  expect(tf.memory().numTensors).toBe(tensors);
  tf.dispose([x, dy]);
});

test('another data format is refused by name', () => {
  const tensor = tf.ones<tf.Rank.R4>([1, 4, 4, 1]);
  const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NCHW', filterShape: [3, 3, 1, 1] };
  expect(() => convolutionFilterGradient(tensor, tensor, attrs as unknown as tf.Conv2DBackpropFilterAttrs)).toThrow(
    'dataFormat must be NHWC on the wasm backend, got NCHW',
  );
  tensor.dispose();
});
