import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import { map, ndArray, offset4, randomArray as random, sizes4, type NdArray } from './nd-array.js';
import type { OperationCase } from './operation-case.js';
import { probedReference } from './probed-reference.js';

/** Operations of tfjs-core by the names of their kernels, with their float64 answers. */

const signed = random([2, 3], 2, { nearest: 0.2 });
const positive = map(random([2, 3], 1, { nearest: 0.5, farthest: 2 }), Math.abs);
const float = (x: Tensor): Tensor => tf.cast(x, 'float32');

const elementwise = (kernel: string, run: (x: Tensor) => Tensor, f: (x: number) => number, input: NdArray = signed): OperationCase => ({
  operation: kernel,
  name: 'elementwise',
  inputs: [input],
  run,
  reference: (x) => map(x, f),
});

/** A linear operation of one tensor. */
const linear = (kernel: string, name: string, input: NdArray, run: (x: Tensor) => Tensor): OperationCase => ({
  operation: kernel,
  name,
  inputs: [input],
  run,
  reference: probedReference(run),
});

/** An operation that is linear in each of two tensors. */
const bilinear = (kernel: string, name: string, inputs: [NdArray, NdArray], run: (a: Tensor, b: Tensor) => Tensor): OperationCase => ({
  operation: kernel,
  name,
  inputs,
  run,
  reference: probedReference(run),
});

/** Both ways of broadcasting. */
function binary(
  kernel: string,
  run: (a: Tensor, b: Tensor) => Tensor,
  f: (a: number, b: number) => number,
  [wide, row, column]: readonly NdArray[] = [signed, random([3], 3, { nearest: 0.3 }), random([2, 1], 4, { nearest: 0.3 })],
): OperationCase[] {
  return [
    { operation: kernel, name: 'row', inputs: [wide!, row!], run, reference: (a, b) => map(a, (value, i) => f(value, b.data[i % 3]!)) },
    {
      operation: kernel,
      name: 'column',
      inputs: [column!, wide!],
      run,
      reference: (a, b) => map(b, (value, i) => f(a.data[Math.floor(i / 3)]!, value)),
    },
  ];
}

const absolute = (x: NdArray): NdArray => map(x, Math.abs);
const positives = [positive, absolute(random([3], 5, { nearest: 0.5 })), absolute(random([2, 1], 6, { nearest: 0.5 }))];

/** Error function by its integral, with Simpson's rule. */
function errorFunction(x: number): number {
  const steps = 400;
  let total = 0;
  for (let i = 0; i <= steps; i++) total += Math.exp(-(((x * i) / steps) ** 2)) * (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2);
  return (2 / Math.sqrt(Math.PI)) * total * (x / steps / 3);
}

const rows = (x: NdArray, f: (row: number[]) => number[]): NdArray => {
  const width = x.shape.at(-1)!;
  const results = Array.from({ length: x.data.length / width }, (_, i) => f([...x.data.subarray(i * width, (i + 1) * width)]));
  return ndArray([...x.shape.slice(0, -1), results[0]!.length], results.flat());
};
const softmaxOf = (row: number[]): number[] => {
  const powers = row.map(Math.exp);
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
};

/** Max pooling without rounding; padding as TensorFlow's `same`. */
function maxPool(x: NdArray, taps: number, stride: number, padding: 'same' | 'valid'): NdArray {
  const [batch, height, width, channels] = sizes4(x);
  const out = (size: number): number => (padding === 'same' ? Math.ceil(size / stride) : Math.floor((size - taps) / stride) + 1);
  const before = (size: number): number => (padding === 'same' ? Math.floor(Math.max((out(size) - 1) * stride + taps - size, 0) / 2) : 0);
  const y = ndArray([batch, out(height), out(width), channels]);
  y.data.forEach((_, i) => {
    const c = i % channels;
    const column = Math.floor(i / channels) % out(width);
    const row = Math.floor(i / channels / out(width)) % out(height);
    const n = Math.floor(i / channels / out(width) / out(height));
    let largest = -Infinity;
    for (let r = row * stride - before(height); r < row * stride - before(height) + taps; r++) {
      for (let k = column * stride - before(width); k < column * stride - before(width) + taps; k++) {
        if (r >= 0 && r < height && k >= 0 && k < width) largest = Math.max(largest, x.data[offset4(x.shape, n, r, k, c)]!);
      }
    }
    y.data[i] = largest;
  });
  return y;
}

/** Distinct values a twentieth apart in a mixed order, no two of one magnitude, so that finite differences change no maximum. */
const distinct = (shape: number[], factor: number): NdArray => {
  const count = shape.reduce((product, size) => product * size, 1);
  return map(ndArray(shape), (_, i) => ((i * factor) % count) / 20 - count / 40 + 0.0137);
};

const activations: OperationCase[] = [
  elementwise(
    'Elu',
    (x) => tf.elu(x),
    (x) => (x > 0 ? x : Math.expm1(x)),
  ),
  elementwise(
    'Selu',
    (x) => tf.selu(x),
    (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  ),
  elementwise(
    'LeakyRelu',
    (x) => tf.leakyRelu(x, 0.3),
    (x) => (x > 0 ? x : 0.3 * x),
  ),
  elementwise(
    'Relu6',
    (x) => tf.relu6(x),
    (x) => Math.min(Math.max(x, 0), 6),
    ndArray([2, 3], [-1, 0.5, 3, 5.9, 6.2, 9]),
  ),
  elementwise(
    'Sigmoid',
    (x) => tf.sigmoid(x),
    (x) => 1 / (1 + Math.exp(-x)),
  ),
  elementwise('Tanh', (x) => tf.tanh(x), Math.tanh),
  { operation: 'Softmax', name: 'last axis', inputs: [signed], run: (x) => tf.softmax(x), reference: (x) => rows(x, softmaxOf) },
  {
    operation: 'Prelu',
    name: 'a slope per column',
    inputs: [signed, absolute(random([3], 7, { nearest: 0.2 }))],
    run: (x, alpha) => tf.prelu(x, alpha),
    reference: (x, alpha) => map(x, (value, i) => (value > 0 ? value : value * alpha.data[i % 3]!)),
  },
];

const functions: OperationCase[] = [
  elementwise('Acos', (x) => tf.acos(x), Math.acos, random([2, 3], 10, { farthest: 0.8 })),
  elementwise(
    'Acosh',
    (x) => tf.acosh(x),
    Math.acosh,
    map(positive, (value) => value + 1),
  ),
  elementwise('Asin', (x) => tf.asin(x), Math.asin, random([2, 3], 11, { farthest: 0.8 })),
  elementwise('Asinh', (x) => tf.asinh(x), Math.asinh),
  elementwise('Atan', (x) => tf.atan(x), Math.atan),
  elementwise('Atanh', (x) => tf.atanh(x), Math.atanh, random([2, 3], 12, { farthest: 0.8 })),
  elementwise('Cos', (x) => tf.cos(x), Math.cos),
  elementwise('Cosh', (x) => tf.cosh(x), Math.cosh),
  elementwise('Erf', (x) => tf.erf(x), errorFunction),
  elementwise('Exp', (x) => tf.exp(x), Math.exp),
  elementwise('Expm1', (x) => tf.expm1(x), Math.expm1),
  elementwise('Log1p', (x) => tf.log1p(x), Math.log1p, positive),
  elementwise(
    'Reciprocal',
    (x) => tf.reciprocal(x),
    (x) => 1 / x,
    random([2, 3], 13, { nearest: 0.5 }),
  ),
  elementwise('Sin', (x) => tf.sin(x), Math.sin),
  elementwise('Sinh', (x) => tf.sinh(x), Math.sinh),
  elementwise('Tan', (x) => tf.tan(x), Math.tan),
  elementwise(
    'Ceil',
    (x) => tf.add(tf.ceil(x), x),
    (x) => Math.ceil(x) + x,
  ),
  elementwise(
    'Floor',
    (x) => tf.add(tf.floor(x), x),
    (x) => Math.floor(x) + x,
  ),
  elementwise(
    'Round',
    (x) => tf.add(tf.round(x), x),
    (x) => Math.round(x) + x,
  ),
  elementwise(
    'IsFinite',
    (x) => tf.mul(x, float(tf.isFinite(x))),
    (x) => x,
  ),
  elementwise(
    'IsInf',
    (x) => tf.add(x, float(tf.isInf(x))),
    (x) => x,
  ),
  elementwise(
    'IsNan',
    (x) => tf.add(x, float(tf.isNaN(x))),
    (x) => x,
  ),
  elementwise(
    'ClipByValue',
    (x) => tf.clipByValue(tf.mul(x, x), 0.1, 0.5),
    (x) => Math.min(Math.max(x * x, 0.1), 0.5),
  ),
];

const comparisons: OperationCase[] = [
  ...binary(
    'Equal',
    (a, b) => tf.add(tf.mul(a, b), float(tf.equal(a, b))),
    (a, b) => a * b,
  ),
  ...binary(
    'NotEqual',
    (a, b) => tf.mul(tf.mul(a, b), float(tf.notEqual(a, b))),
    (a, b) => a * b,
  ),
  ...binary(
    'Greater',
    (a, b) => tf.mul(tf.mul(a, b), float(tf.greater(a, b))),
    (a, b) => (a > b ? a * b : 0),
  ),
  ...binary(
    'GreaterEqual',
    (a, b) => tf.mul(tf.mul(a, b), float(tf.greaterEqual(a, b))),
    (a, b) => (a >= b ? a * b : 0),
  ),
  ...binary(
    'Less',
    (a, b) => tf.mul(tf.mul(a, b), float(tf.less(a, b))),
    (a, b) => (a < b ? a * b : 0),
  ),
  ...binary(
    'LessEqual',
    (a, b) => tf.mul(tf.mul(a, b), float(tf.lessEqual(a, b))),
    (a, b) => (a <= b ? a * b : 0),
  ),
  ...binary(
    'LogicalAnd',
    (a, b) => tf.mul(tf.mul(a, b), float(tf.logicalAnd(tf.greater(a, 0), tf.less(b, 0.1)))),
    (a, b) => (a > 0 && b < 0.1 ? a * b : 0),
  ),
  ...binary(
    'LogicalOr',
    (a, b) => tf.mul(tf.mul(a, b), float(tf.logicalOr(tf.greater(a, 0), tf.less(b, 0.1)))),
    (a, b) => (a > 0 || b < 0.1 ? a * b : 0),
  ),
  elementwise(
    'LogicalNot',
    (x) => tf.mul(tf.mul(x, x), float(tf.logicalNot(tf.greater(x, 0)))),
    (x) => (x > 0 ? 0 : x * x),
  ),
  {
    operation: 'OneHot',
    name: 'the largest of each row',
    inputs: [signed],
    run: (x) => tf.mul(tf.mul(x, x), float(tf.oneHot(tf.cast<Tensor1D>(tf.argMax(x, 1), 'int32'), 3))),
    reference: (x) => rows(x, (row) => row.map((value) => (value === Math.max(...row) ? value * value : 0))),
  },
  ...(['All', 'Any'] as const).map((kernel): OperationCase => ({
    operation: kernel,
    name: 'of a comparison',
    inputs: [signed],
    run: (x) => tf.mul(tf.mul(x, x), float((kernel === 'All' ? tf.all : tf.any)(tf.greater(x, 0), 1, true))),
    reference: (x) =>
      rows(x, (row) => row.map((value) => (row[kernel === 'All' ? 'every' : 'some']((other) => other > 0) ? value * value : 0))),
  })),
  ...(['ArgMax', 'ArgMin'] as const).map((kernel): OperationCase => {
    const place = (x: Tensor): Tensor => (kernel === 'ArgMax' ? tf.argMax(x, 1) : tf.argMin(x, 1));
    return {
      operation: kernel,
      name: 'beside a sum',
      inputs: [signed],
      run: (x) => tf.mul(tf.sum(tf.mul(x, x), 1), tf.add(float(place(x)), 1)),
      reference: (x) => {
        const y = rows(x, (row) => [
          row.reduce((sum, value) => sum + value * value, 0) * (row.indexOf((kernel === 'ArgMax' ? Math.max : Math.min)(...row)) + 1),
        ]);
        return ndArray([2], y.data);
      },
    };
  }),
];

const arithmetic: OperationCase[] = [
  ...binary(
    'Pow',
    (a, b) => tf.pow(a, b),
    (a, b) => a ** b,
    positives,
  ),
  elementwise(
    'Pow',
    (x) => tf.pow(x, 3),
    (x) => x ** 3,
  ),
  elementwise(
    'Pow',
    (x) => tf.pow(x, 1),
    (x) => x,
    ndArray([2, 3], [0, -1, 1, 0, 2, -2]),
  ),
  ...binary(
    'Maximum',
    (a, b) => tf.mul(tf.maximum(a, b), a),
    (a, b) => Math.max(a, b) * a,
  ),
  ...binary(
    'Minimum',
    (a, b) => tf.mul(tf.minimum(a, b), b),
    (a, b) => Math.min(a, b) * b,
  ),
  ...binary('Atan2', (a, b) => tf.atan2(a, b), Math.atan2),
  ...binary(
    'Mod',
    (a, b) => tf.mod(a, b),
    (a, b) => a - Math.floor(a / b) * b,
    positives,
  ),
  {
    operation: 'AddN',
    name: 'three',
    inputs: [signed, random([2, 3], 14), random([2, 3], 15)],
    run: (a, b, c) => tf.addN([tf.mul(a, b), c, tf.mul(c, c)]),
    reference: (a, b, c) => map(a, (value, i) => value * b.data[i]! + c.data[i]! + c.data[i]! ** 2),
  },
  {
    operation: 'Select',
    name: 'by sign',
    inputs: [signed, random([2, 3], 16)],
    run: (a, b) => tf.where(tf.greater(a, 0), tf.mul(a, b), tf.mul(b, b)),
    reference: (a, b) => map(a, (value, i) => (value > 0 ? value * b.data[i]! : b.data[i]! ** 2)),
  },
];

const reductions: OperationCase[] = [
  {
    operation: 'Max',
    name: 'last axis',
    inputs: [signed],
    run: (x) => tf.max(tf.mul(x, x), -1),
    reference: (x) => ndArray([2], rows(x, (row) => [Math.max(...row.map((value) => value * value))]).data),
  },
  {
    operation: 'Min',
    name: 'first axis, kept',
    inputs: [signed],
    run: (x) => tf.min(tf.mul(x, x), 0, true),
    reference: (x) =>
      ndArray(
        [1, 3],
        [0, 1, 2].map((i) => Math.min(x.data[i]! ** 2, x.data[i + 3]! ** 2)),
      ),
  },
  linear('Cumsum', 'inner axis', signed, (x) => tf.cumsum(x, 1)),
  linear('Cumsum', 'outer axis, exclusive and reversed', signed, (x) => tf.cumsum(x, 0, true, true)),
];

const moved: OperationCase[] = [
  linear('BatchToSpaceND', 'with crops', random([4, 1, 2, 1], 20), (x) =>
    tf.batchToSpaceND(
      x,
      [2, 2],
      [
        [0, 0],
        [1, 0],
      ],
    ),
  ),
  linear('SpaceToBatchND', 'padded', random([1, 2, 3, 1], 21), (x) =>
    tf.spaceToBatchND(
      x,
      [2, 2],
      [
        [0, 0],
        [1, 0],
      ],
    ),
  ),
  linear('BroadcastTo', 'a row to two, and a column', random([1, 3], 22), (x) => tf.broadcastTo(x, [2, 3])),
  linear('ExpandDims', 'in the middle', signed, (x) => tf.expandDims(x, 1)),
  linear('GatherV2', 'a column twice', signed, (x) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), 1)),
  linear('GatherV2', 'rows by a table', signed, (x) =>
    tf.gather(
      x,
      tf.tensor2d(
        [
          [1, 0],
          [1, 1],
        ],
        [2, 2],
        'int32',
      ),
    ),
  ),
  linear('GatherV2', 'with a batch axis', signed, (x) =>
    tf.gather(
      x,
      tf.tensor2d(
        [
          [2, 0],
          [1, 1],
        ],
        [2, 2],
        'int32',
      ),
      1,
      1,
    ),
  ),
  linear('MirrorPad', 'reflect', random([3, 4], 23), (x) =>
    tf.mirrorPad(
      x,
      [
        [2, 1],
        [0, 3],
      ],
      'reflect',
    ),
  ),
  linear('MirrorPad', 'symmetric', random([3, 4], 24), (x) =>
    tf.mirrorPad(
      x,
      [
        [2, 1],
        [1, 2],
      ],
      'symmetric',
    ),
  ),
  bilinear('Pack', 'along the second axis', [signed, random([2, 3], 25)], (a, b) => tf.stack([tf.mul(a, b), tf.mul(b, a)], 1)),
  linear('Reverse', 'both axes', signed, (x) => tf.reverse(x, [0, 1])),
  linear('Tile', 'both axes', signed, (x) => tf.tile(x, [2, 3])),
  linear('Tile', 'rank 5', random([1, 2, 1, 2, 1], 26), (x) => tf.tile(x, [2, 1, 2, 1, 1])),
  linear('Unpack', 'one part used twice', signed, (x) => tf.add(tf.unstack(x, 1)[0]!, tf.mul(tf.unstack(x, 1)[2]!, 2))),
];

const segments: OperationCase[] = [
  linear('UnsortedSegmentSum', 'with rows left out', random([4, 2], 27), (x) =>
    tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, -1, 1], 'int32'), 3),
  ),
];

const map4 = (x: Tensor): Tensor4D => x as Tensor4D;

const pooling: OperationCase[] = [
  linear('AvgPool', '2×2', random([2, 4, 4, 2], 30), (x) => tf.avgPool(map4(x), 2, 2, 'valid')),
  linear('AvgPool', '3×3 at the border', random([1, 3, 4, 2], 31), (x) => tf.avgPool(map4(x), 3, 2, 'same')),
  linear('AvgPool', '3×2, stride 1, at the border', random([1, 3, 3, 1], 32), (x) => tf.avgPool(map4(x), [3, 2], 1, 'same')),
  ...(
    [
      [2, 2, 'valid'],
      [3, 1, 'same'],
      [3, 2, 'same'],
    ] as const
  ).map(([taps, stride, padding], i): OperationCase => ({
    operation: 'MaxPool',
    name: `${taps}×${taps}, stride ${stride}, ${padding}`,
    inputs: [distinct([1, 4, 5, 2], 17 + 2 * i)],
    run: (x) => tf.maxPool(map4(tf.mul(x, x)), taps, stride, padding),
    reference: (x) =>
      maxPool(
        map(x, (value) => value * value),
        taps,
        stride,
        padding,
      ),
  })),
];

/** Volumes: no kernels of their own in WebAssembly. */
const volumes: OperationCase[] = [
  linear('AvgPool3D', '2×2×2', random([1, 2, 4, 2, 1], 33), (x) => tf.avgPool3d(x as Tensor5D, 2, 2, 'valid')),
  bilinear('Conv3D', '2×2×2', [random([1, 2, 3, 2, 1], 34), random([2, 2, 2, 1, 2], 35)], (x, filter) =>
    tf.conv3d(x as Tensor5D, filter as Tensor5D, 1, 'same'),
  ),
];

/** The filter gradient is not there in WebAssembly. */
const convolutions: OperationCase[] = [
  bilinear('Conv2D', '2×2', [random([1, 3, 3, 2], 36), random([2, 2, 2, 1], 37)], (x, filter) =>
    tf.conv2d(map4(x), map4(filter), 1, 'valid'),
  ),
  bilinear('Conv2DBackpropInput', 'transposed, stride 2', [random([1, 2, 2, 1], 38), random([2, 2, 2, 1], 39)], (x, filter) =>
    tf.conv2dTranspose(map4(x), map4(filter), [1, 4, 4, 2], 2, 'same'),
  ),
];

/** The gradient kernels of these are not there in WebAssembly. */
const depthwise: OperationCase[] = [
  bilinear('DepthwiseConv2dNative', '2×2, two outputs each', [random([1, 3, 3, 2], 40), random([2, 2, 2, 2], 41)], (x, filter) =>
    tf.depthwiseConv2d(map4(x), map4(filter), 1, 'same'),
  ),
  bilinear('DepthwiseConv2dNative', '3×3, stride 2', [random([1, 4, 4, 1], 42), random([3, 3, 1, 1], 43)], (x, filter) =>
    tf.depthwiseConv2d(map4(x), map4(filter), 2, 'same'),
  ),
];

const resizing: OperationCase[] = [
  linear('ResizeBilinear', 'larger', random([2, 3, 2, 2], 44), (x) => tf.image.resizeBilinear(map4(x), [5, 4])),
  linear('ResizeBilinear', 'half-pixel centres', random([1, 4, 3, 2], 45), (x) => tf.image.resizeBilinear(map4(x), [5, 7], false, true)),
  linear('ResizeBilinear', 'corners aligned, smaller', random([1, 4, 5, 1], 46), (x) => tf.image.resizeBilinear(map4(x), [2, 3], true)),
  linear('ResizeNearestNeighbor', 'twice as large', random([2, 2, 3, 2], 47), (x) => tf.image.resizeNearestNeighbor(map4(x), [4, 6])),
  linear('ResizeNearestNeighbor', 'smaller', random([1, 5, 4, 1], 48), (x) => tf.image.resizeNearestNeighbor(map4(x), [3, 2])),
];

const normalization: OperationCase[] = [
  {
    operation: 'FusedBatchNorm',
    name: 'per channel',
    inputs: [random([2, 2, 2, 2], 50), random([2], 51), absolute(random([2], 52, { nearest: 0.5 })), random([2], 53), random([2], 54)],
    run: (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale, 0.1),
    reference: (x, mean, variance, offset, scale) =>
      map(
        x,
        (value, i) => ((value - mean.data[i % 2]!) / Math.sqrt(variance.data[i % 2]! + 0.1)) * scale.data[i % 2]! + offset.data[i % 2]!,
      ),
  },
];

/** Cases that every backend has the kernels for. */
export const kernelCases: readonly OperationCase[] = [
  ...activations,
  ...functions,
  ...comparisons,
  ...arithmetic,
  ...reductions,
  ...moved,
  ...pooling,
  ...resizing,
  ...normalization,
];

/** Cases whose kernels WebAssembly lacks. */
export const kernelCasesBeyondWasm: readonly OperationCase[] = [...segments, ...convolutions, ...volumes, ...depthwise];

/** First derivatives that equal tensorflow.js's own, where a float64 answer would say something else or the second is refused. */
export const stockSlopes: readonly { kernel: string; run: (x: Tensor) => Tensor; input: NdArray; refused?: string }[] = [
  {
    kernel: 'FloorDiv',
    run: (x) =>
      tf.floorDiv(
        x,
        tf.tensor2d([
          [2, 3, 4],
          [5, 6, 7],
        ]),
      ),
    input: map(signed, (x) => 10 * x),
  },
  { kernel: 'Prod', run: (x) => tf.prod(x, 1), input: signed, refused: 'Cumprod' },
  { kernel: 'LRN', run: (x) => tf.localResponseNormalization(x as Tensor4D, 2), input: random([1, 2, 2, 4], 60), refused: 'LRNGrad' },
  {
    kernel: 'MaxPool3D',
    run: (x) => tf.maxPool3d(x as Tensor5D, 2, 2, 'valid'),
    input: distinct([1, 2, 2, 4, 1], 7),
    refused: 'MaxPool3DGrad',
  },
  {
    kernel: 'Dilation2D',
    run: (x) => tf.dilation2d(x as Tensor4D, tf.ones<tf.Rank.R3>([2, 2, 1]), 1, 'same'),
    input: distinct([1, 3, 3, 1], 4),
    refused: 'Dilation2DBackpropInput',
  },
];
