import { backend_util, broadcast_util, slice_util, util } from '@tensorflow/tfjs-core';
import type { DataType, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Shape } from '../measurement/flops.js';

/** What a launch of a kernel leaves in memory. */
export interface Launch {
  /** One shape per output. */
  readonly outputs: readonly Shape[];
  /** Type of all outputs; that of the first input by default. */
  readonly dtype?: DataType;
  /** 32-bit numbers that the native runtime hands over as tensors for the launch: axes, sizes, permutations. */
  readonly arguments?: number;
}

/** Inputs of a kernel by name; lists have the names 0, 1, …. */
export type Inputs = Readonly<Record<string, TensorInfo>>;

/** What a launch leaves in memory, as a function of the inputs' shapes. */
export type ShapeRule = (inputs: Inputs, attributes: NamedAttrMap) => Launch;

const one = (shape: Shape, extra: Omit<Launch, 'outputs'> = {}): Launch => ({ outputs: [shape], ...extra });

function input(inputs: Inputs, name: string): TensorInfo {
  const found = inputs[name];
  if (found === undefined) throw new Error(`shape rule: input ${name} is missing; there are ${Object.keys(inputs).join(', ')}`);
  return found;
}

/** One output of an input's shape. */
export const like =
  (name: string, dtype?: DataType): ShapeRule =>
  (inputs) =>
    one(input(inputs, name).shape, { dtype: dtype ?? input(inputs, name).dtype });

/** Elementwise in two inputs, which are repeated along axes of length 1. */
const broadcast =
  (dtype?: DataType): ShapeRule =>
  (inputs) => {
    const [a, b] = [input(inputs, 'a'), input(inputs, 'b')];
    return one(broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape), { dtype: dtype ?? backend_util.upcastType(a.dtype, b.dtype) });
  };

const reduction: ShapeRule = (inputs, { axis, keepDims }) => {
  const { shape } = input(inputs, 'x');
  const axes = util.parseAxisParam(axis as number | number[], shape);
  const [reduced] = backend_util.computeOutAndReduceShapes(shape, axes);
  return one(keepDims === true ? backend_util.expandShapeToKeepDim(reduced, axes) : reduced, { arguments: axes.length });
};

type Pair = [number, number];

/** Geometry of a convolution of `x` with `filter`, as tfjs computes it. */
function geometry(x: Shape, filter: Shape, { strides, pad, dilations }: NamedAttrMap, depthwise = false): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides as Pair,
    (dilations ?? [1, 1]) as Pair,
    pad as 'same' | 'valid',
    undefined,
    depthwise,
  );
}

const convolution =
  (depthwise: boolean): ShapeRule =>
  (inputs, attributes) =>
    one(geometry(input(inputs, 'x').shape, input(inputs, 'filter').shape, attributes, depthwise).outShape);

/**
 * Shape rules of tensorflow.js kernels, by kernel. A new one is one more line; what the native runtime composes of
 * several kernels stands in `composed-kernels.ts`.
 */
export const shapeRules: Readonly<Record<string, ShapeRule>> = {
  // Elementwise, one input.
  Abs: like('x'),
  Exp: like('x'),
  Log: like('x'),
  Neg: like('x'),
  Relu: like('x'),
  LeakyRelu: like('x'),
  Rsqrt: like('x'),
  Sigmoid: like('x'),
  Sign: like('x'),
  Softplus: like('x'),
  Sqrt: like('x'),
  Square: like('x'),
  Tanh: like('x'),
  OnesLike: like('x'),
  ZerosLike: like('x'),
  IsNan: like('x', 'bool'),
  ClipByValue: like('x'),
  // Elementwise, two inputs or more.
  Add: broadcast(),
  AddN: like('0'),
  Sub: broadcast(),
  Multiply: broadcast(),
  RealDiv: broadcast(),
  Maximum: broadcast(),
  Minimum: broadcast(),
  Pow: broadcast(),
  SquaredDifference: broadcast(),
  Greater: broadcast('bool'),
  GreaterEqual: broadcast('bool'),
  Less: broadcast('bool'),
  LessEqual: broadcast('bool'),
  Equal: broadcast('bool'),
  Select: (inputs) => one(input(inputs, 't').shape, { dtype: backend_util.upcastType(input(inputs, 't').dtype, input(inputs, 'e').dtype) }),
  // Reductions.
  Max: reduction,
  Min: reduction,
  Sum: reduction,
  // Matrix products and convolutions.
  BatchMatMul: (inputs, { transposeA, transposeB }) => {
    const [a, b] = [input(inputs, 'a').shape, input(inputs, 'b').shape];
    const batch = broadcast_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2));
    return one([...batch, a.at(transposeA === true ? -1 : -2)!, b.at(transposeB === true ? -2 : -1)!]);
  },
  Conv2D: convolution(false),
  Conv2DBackpropInput: (_, { inputShape }) => one(inputShape as number[], { arguments: 4 }),
  Conv2DBackpropFilter: (_, { filterShape }) => one(filterShape as number[], { arguments: 4 }),
  DepthwiseConv2dNative: convolution(true),
  // Resampling.
  AvgPool: (inputs, { filterSize, strides, pad }) =>
    one(
      backend_util.computePool2DInfo(
        input(inputs, 'x').shape as [number, number, number, number],
        filterSize as Pair,
        strides as Pair,
        1,
        pad as 'valid',
      ).outShape,
    ),
  ResizeNearestNeighbor: (inputs, { size }) => one(resized(input(inputs, 'images').shape, size as Pair), { arguments: 2 }),
  ResizeBilinear: (inputs, { size }) => one(resized(input(inputs, 'images').shape, size as Pair), { arguments: 2, dtype: 'float32' }),
  // Moving values about.
  Concat: (inputs, { axis }) => {
    const shapes = Object.values(inputs).map(({ shape }) => shape);
    return one(backend_util.computeOutShape(shapes, util.parseAxisParam(axis as number, shapes[0]!)[0]!), { arguments: 1 });
  },
  SplitV: (inputs, { numOrSizeSplits, axis }) => {
    const x = input(inputs, 'x');
    const [along] = util.parseAxisParam(axis as number, x.shape) as [number];
    const sizes = backend_util.prepareSplitSize(x, numOrSizeSplits as number[], along);
    return { outputs: sizes.map((size) => [...x.shape.slice(0, along), size, ...x.shape.slice(along + 1)]), arguments: sizes.length + 1 };
  },
  Pack: (inputs, { axis }) => {
    const shapes = Object.values(inputs).map(({ shape }) => shape);
    const at = axis as number;
    return one([...shapes[0]!.slice(0, at), shapes.length, ...shapes[0]!.slice(at)]);
  },
  Slice: (inputs, { begin, size }) => {
    const x = input(inputs, 'x');
    const [, sizes] = slice_util.parseSliceParams(x, begin as number[], size as number[]) as [number[], number[]];
    return one(sizes, { arguments: 2 * sizes.length });
  },
  PadV2: (inputs, { paddings }) =>
    one(
      input(inputs, 'x').shape.map(
        (size, axis) => size + (paddings as unknown as Pair[])[axis]![0] + (paddings as unknown as Pair[])[axis]![1],
      ),
      {
        arguments: 2 * input(inputs, 'x').shape.length + 1,
      },
    ),
  Tile: (inputs, { reps }) =>
    one(
      input(inputs, 'x').shape.map((size, axis) => size * (reps as number[])[axis]!),
      { arguments: (reps as number[]).length },
    ),
  Transpose: (inputs, { perm }) =>
    one(
      (perm as number[]).map((axis) => input(inputs, 'x').shape[axis]!),
      { arguments: (perm as number[]).length },
    ),
  GatherV2: (inputs, { axis, batchDims }) => {
    const x = input(inputs, 'x');
    const indices = input(inputs, 'indices');
    return one(backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis as number, (batchDims ?? 0) as number).outputShape, {
      arguments: 1,
    });
  },
  Fill: (_, { shape, dtype }) =>
    one(shape as number[], { dtype: (dtype as DataType | undefined) ?? 'float32', arguments: (shape as number[]).length + 1 }),
};

function resized([batch, , , channels]: Shape, size: Pair): number[] {
  return [batch!, ...size, channels!];
}
