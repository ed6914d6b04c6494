import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countWork } from '../../counting/count-work.js';
import type { PlannedBackend } from '../plan-backend.js';
import { planMemory } from '../plan-memory.js';
import { builtInRules } from './index.js';

// In a process of its own: it plans tensorflow.js's own gradients, which @stargan/ops replaces for all tests after it.
const map = (): tf.Tensor4D => tf.fill([2, 6, 5, 3], 0.5);
/** The cpu backend's gradient of resizing confuses height and width. */
const square = (): tf.Tensor4D => tf.fill([2, 6, 6, 3], 0.5);
const volume = (): tf.Tensor5D => tf.fill([1, 3, 4, 5, 2], 0.5);
const matrix = (): tf.Tensor2D => tf.fill([3, 4], 0.5);
const row = (): tf.Tensor2D => tf.fill([1, 4], 0.25);
const places = (): tf.Tensor1D => tf.tensor1d([2, 0], 'int32');
const truth = (): tf.Tensor2D => tf.fill([3, 4], 1, 'bool');
const attempt = (kernel: string, inputs: object, attributes: object): tf.Tensor | tf.Tensor[] =>
  tf.engine().runKernel(kernel, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap);

type Program = () => tf.Tensor | tf.Tensor[];

const UNARY: readonly ((x: tf.Tensor) => tf.Tensor)[] = [
  ...[tf.abs, tf.neg, tf.sign, tf.square, tf.sqrt, tf.rsqrt, tf.reciprocal, tf.exp, tf.expm1, tf.log, tf.log1p, tf.erf],
  ...[tf.ceil, tf.floor, tf.round, tf.onesLike, tf.zerosLike, tf.isNaN, tf.isInf, tf.isFinite],
  ...[tf.sin, tf.cos, tf.tan, tf.asin, tf.acos, tf.atan, tf.sinh, tf.cosh, tf.tanh, tf.asinh, tf.acosh, tf.atanh],
  ...[tf.relu, tf.relu6, tf.leakyRelu, tf.elu, tf.selu, tf.sigmoid, tf.softplus, tf.step],
];
const BINARY: readonly ((a: tf.Tensor, b: tf.Tensor) => tf.Tensor)[] = [
  ...[tf.add, tf.sub, tf.mul, tf.div, tf.floorDiv, tf.mod, tf.pow, tf.maximum, tf.minimum, tf.squaredDifference, tf.atan2],
  ...[tf.equal, tf.notEqual, tf.greater, tf.greaterEqual, tf.less, tf.lessEqual],
];
const REDUCTIONS: readonly ((x: tf.Tensor, axis: number, keepDims: boolean) => tf.Tensor)[] = [tf.max, tf.min, tf.sum, tf.prod, tf.mean];

/** At least one program for every kernel that has a rule. */
const PROGRAMS: readonly Program[] = [
  ...UNARY.map(
    (f): Program =>
      () =>
        f(matrix()),
  ),
  ...BINARY.flatMap((f): Program[] => [() => f(matrix(), row()), () => f(tf.fill([2, 1, 4], 1), matrix())]),
  () => tf.add(tf.scalar(1, 'int32'), matrix()),
  () => tf.clipByValue(matrix(), 0, 1),
  () => tf.prelu<tf.Tensor>(map(), tf.fill([3], 0.1)),
  () => attempt('EluGrad', { dy: matrix(), y: matrix() }, {}),
  () => tf.addN([matrix(), matrix(), matrix()]),
  () => tf.where(truth(), matrix(), tf.fill([3, 4], 2)),
  () => [tf.logicalAnd(truth(), truth()), tf.logicalOr(truth(), truth()), tf.logicalNot(truth())],
  ...REDUCTIONS.flatMap((f): Program[] => [() => f(map(), 1, false), () => f(map(), -1, true)]),
  () => [tf.all(truth(), 1), tf.any(truth(), 0, true)],
  () => [tf.argMax(map(), 2), tf.argMin(map(), -1)],
  () => [tf.cumsum(matrix(), 1), tf.cumprod(matrix(), 0)],
  () => [tf.softmax(matrix()), tf.logSoftmax(matrix())],
  () => tf.batchNorm(map(), tf.fill([3], 0), tf.fill([3], 1), tf.fill([3], 0), tf.fill([3], 1)),
  () => tf.localResponseNormalization(map(), 2),
  () => attempt('LRNGrad', { x: map(), y: map(), dy: map() }, { depthRadius: 2, bias: 1, alpha: 1, beta: 0.5 }),
  () => tf.unsortedSegmentSum(matrix(), tf.tensor1d([1, 0, 1], 'int32'), 2),
  () => attempt('UnsortedSegmentSum', { x: matrix(), segmentIds: tf.tensor1d([1, 0, 1], 'int32') }, { numSegments: 5 }),
  () => [tf.matMul(matrix(), matrix(), false, true), tf.matMul(tf.fill([2, 3, 4], 1), tf.fill([1, 4, 5], 1))],
  () => tf.fused.matMul({ a: matrix(), b: tf.fill([4, 2], 1), bias: tf.fill([2], 1), activation: 'relu' }),
  () => [tf.conv2d(map(), tf.fill([3, 2, 3, 7], 1), 2, 'same'), tf.conv2d(map(), tf.fill([3, 3, 3, 7], 1), 1, 'valid', 'NHWC', 2)],
  () => tf.conv2d(map(), tf.fill([4, 4, 3, 7], 1), 2, 1, 'NHWC', 1, 'floor'),
  () =>
    tf.fused.conv2d({
      x: map(),
      filter: tf.fill<tf.Rank.R4>([3, 3, 3, 2], 1),
      strides: 1,
      pad: 'same',
      bias: tf.fill([2], 1),
      activation: 'elu',
    }),
  () => tf.depthwiseConv2d(map(), tf.fill([3, 3, 3, 2], 1), 2, 'same'),
  () =>
    tf.fused.depthwiseConv2d({ x: map(), filter: tf.fill<tf.Rank.R4>([3, 3, 3, 2], 1), strides: 1, pad: 'valid', bias: tf.fill([6], 1) }),
  () => tf.conv2dTranspose(map(), tf.fill([4, 4, 7, 3], 1), [2, 12, 10, 7], 2, 'same'),
  () => tf.grad((filter: tf.Tensor) => tf.conv2d(map(), filter as tf.Tensor4D, 2, 'same'))(tf.fill([3, 3, 3, 4], 1)),
  () =>
    tf.grads((x: tf.Tensor, w: tf.Tensor) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'))([
      map(),
      tf.fill([3, 3, 3, 2], 1),
    ]),
  () =>
    tf.grads((x: tf.Tensor, w: tf.Tensor) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'same'))([
      volume(),
      tf.fill([2, 2, 2, 2, 3], 1),
    ]),
  () => [tf.avgPool(map(), [3, 2], 2, 'same'), tf.maxPool(map(), 2, 1, 'valid')],
  () => tf.grad((x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'))(map()),
  () => tf.grad((x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'same'))(map()),
  () => tf.grad((x: tf.Tensor) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 9]))(square()),
  () => tf.grad((x: tf.Tensor) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [12, 10]))(map()),
  () => [tf.concat([matrix(), row()], 0), tf.stack([matrix(), matrix()], 1)],
  () => [...tf.split(map(), [1, 2], -1), ...tf.split(matrix(), 2, 1), ...tf.unstack(matrix(), 1)],
  () => [tf.slice(map(), [0, 1, 2, 0], [1, 2, -1, 3]), tf.reverse(matrix(), 1)],
  () => [
    tf.pad(matrix(), [
      [1, 0],
      [2, 3],
    ]),
    tf.mirrorPad(
      matrix(),
      [
        [1, 0],
        [2, 1],
      ],
      'reflect',
    ),
  ],
  () => [tf.tile(matrix(), [2, 3]), tf.transpose(map(), [0, 3, 1, 2]), tf.transpose(matrix())],
  () => [tf.gather(matrix(), places(), 0), tf.gather(matrix(), tf.tensor2d([[1], [0], [3]], [3, 1], 'int32'), 1, 1)],
  () => [tf.oneHot(places(), 4), tf.oneHot(places(), 4, 1, 0, 'float32')],
  () => [tf.range(0, 10, 3), tf.range(5, 0, -1), tf.range(2, 2), tf.range(0, 4, 1, 'int32'), tf.range(4, 0)],
  () => tf.multinomial(matrix(), 6, 1),
  () => [
    tf.cast(matrix(), 'int32'),
    tf.cast(tf.cast(matrix(), 'int32'), 'float32'),
    tf.expandDims(matrix(), -2),
    tf.reshape(matrix(), [-1, 6]),
  ],
];

const described = (results: tf.Tensor | tf.Tensor[]): string[] =>
  [results].flat().map(({ shape, dtype, size }) => `${dtype} [${shape.join()}] ${size * tf.util.bytesPerElement(dtype)}`);

/** What a program gives and takes on the backend in use; undefined where that cannot run it. */
function actual(program: Program): { result: string[]; peakTensorBytes: number } | undefined {
  const start = tf.memory().numBytes;
  try {
    return tf.tidy(() => {
      const { result, peakTensorBytes } = countWork(() => described(program()));
      return { result, peakTensorBytes: peakTensorBytes - start };
    });
  } catch (error) {
    if (error instanceof Error && /not registered for backend|supports only/.test(error.message)) return undefined;
    throw error;
  }
}

const runtime = tf.getBackend();
const backends: readonly PlannedBackend[] = runtime === 'tensorflow' ? ['cpu', 'tensorflow'] : ['cpu'];

describe.each(backends)('the shape rules for the %s backend', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });
  afterAll(async () => {
    await tf.setBackend(runtime);
  });

  it('give the shapes, types and peak of memory that its kernels have', () => {
    const compared = PROGRAMS.flatMap((program) => {
      const expected = actual(program);
      if (expected === undefined) return [];
      // The kernels say which program it is.
      const { result, peakTensorBytes } = planMemory(() => countWork(() => described(program())), { backend });
      const kernels = result.kernels.map(({ kernel }) => kernel).join();
      return [{ kernels, expected, planned: { result: result.result, peakTensorBytes } }];
    });
    expect(compared.map(({ kernels, planned }) => ({ kernels, ...planned }))).toEqual(
      compared.map(({ kernels, expected }) => ({ kernels, ...expected })),
    );
    // tfjs-node has no convolution with padding in pixels.
    expect(compared).toHaveLength(PROGRAMS.length - (backend === 'cpu' ? 0 : 1));
  });
});

it('compares every rule that there is', () => {
  const launched = planMemory(() => PROGRAMS.flatMap((program) => countWork(() => void program()).kernels.map(({ kernel }) => kernel)), {
    backend: 'cpu',
  }).result;
  expect(Object.keys(builtInRules).filter((kernel) => !launched.includes(kernel))).toEqual([]);
});
