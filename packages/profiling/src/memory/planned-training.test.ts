import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countWork } from '../counting/count-work.js';
import type { PlannedBackend } from './plan-backend.js';
import { planMemory } from './plan-memory.js';

/** Makes a model and gives a function that trains it for one step. */
type MakeTraining = () => () => number;

function dense(): () => number {
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ inputShape: [10], units: 16, activation: 'relu' }),
      layers.layers.dropout({ rate: 0.5, seed: 1 }),
      layers.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  const optimizer = tf.train.adam(1e-3);
  const x = tf.fill<tf.Rank.R2>([8, 10], 0.5);
  const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32'), 3);
  return () =>
    tf.tidy(() => {
      const loss = (): tf.Scalar =>
        tf.mean<tf.Scalar>(layers.metrics.categoricalCrossentropy(labels, model.apply(x, { training: true }) as tf.Tensor));
      return optimizer.minimize(loss, true)!.dataSync()[0]!;
    });
}

function convolutional(): () => number {
  const model = layers.sequential({
    layers: [
      layers.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, padding: 'same', useBias: false }),
      layers.layers.batchNormalization(),
      layers.layers.leakyReLU(),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.depthwiseConv2d({ kernelSize: 3, activation: 'elu' }),
      layers.layers.flatten(),
      layers.layers.dense({ units: 1, activation: 'sigmoid' }),
    ],
  });
  const optimizer = tf.train.momentum(1e-2, 0.9);
  const x = tf.fill<tf.Rank.R4>([2, 8, 8, 3], 0.5);
  return () =>
    tf.tidy(
      () =>
        optimizer
          .minimize(() => tf.mean<tf.Scalar>(tf.square(tf.sub(model.apply(x, { training: true }) as tf.Tensor, 1))), true)!
          .dataSync()[0]!,
    );
}

/** Plain tensorflow.js, without layers or variables: two products and their gradients. */
function plain(): () => number {
  const weights = [tf.fill([12, 20], 0.1), tf.fill([20, 2], 0.1)];
  const x = tf.fill([6, 12], 1);
  return () =>
    tf.tidy(() => {
      const f = (first: tf.Tensor, second: tf.Tensor): tf.Scalar =>
        tf.sum<tf.Scalar>(tf.logSoftmax(tf.matMul(tf.tanh(tf.matMul(x, first)), second)));
      const { value, grads } = tf.valueAndGrads(f)(weights);
      tf.addN(grads.map((gradient) => tf.sum(tf.abs(gradient))));
      return value.dataSync()[0]!;
    });
}

const TRAININGS: readonly [string, MakeTraining][] = [
  ['dense layers, dropout and Adam', dense],
  ['convolutions, batch norm, pooling and momentum', convolutional],
  ['products without layers', plain],
];

/** The second step: the first one makes the optimiser's moments. */
function counted(make: MakeTraining): { peak: number; flops: number } {
  const start = tf.memory().numBytes;
  tf.engine().startScope();
  const made = new Set(Object.keys(tf.engine().registeredVariables));
  const step = make();
  step();
  const { peakTensorBytes, flops } = countWork(step);
  for (const [name, variable] of Object.entries(tf.engine().registeredVariables)) if (!made.has(name)) variable.dispose();
  tf.engine().endScope();
  return { peak: peakTensorBytes - start, flops };
}

function planned(make: MakeTraining, backend: PlannedBackend): { peak: number; flops: number } {
  const { peakTensorBytes, result } = planMemory(
    () => {
      const step = make();
      step();
      return countWork(step).flops;
    },
    { backend },
  );
  return { peak: peakTensorBytes, flops: result };
}

const runtime = tf.getBackend();
const backends: PlannedBackend[] = runtime === 'tensorflow' ? ['cpu', 'tensorflow'] : ['cpu'];

describe.each(backends)('on the %s backend', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });
  afterAll(async () => {
    await tf.setBackend(runtime);
  });

  it.each(TRAININGS)('a training step of %s takes exactly the bytes and FLOPs that were planned', (_, make) => {
    expect(planned(make, backend)).toEqual(counted(make));
  });
});
