import { backend_util, slice_util, util } from '@tensorflow/tfjs-core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Shape } from '@stargan/ops/fused';
import { input, one, type KernelInputs, type ShapeRule, type ShapeRules } from '../shape-rule.js';

type Pair = [number, number];

const shapesOf = (inputs: KernelInputs): number[][] => Object.values(inputs).map(({ shape }) => shape);

const padded =
  (extraArguments: number): ShapeRule =>
  (inputs, { paddings }) => {
    const { shape } = input(inputs, 'x');
    const pairs = paddings as unknown as Pair[];
    return one(
      shape.map((size, axis) => size + pairs[axis]![0] + pairs[axis]![1]),
      { arguments: 2 * shape.length + extraArguments },
    );
  };

const without = (shape: Shape, axis: number): Shape => [...shape.slice(0, axis), ...shape.slice(axis + 1)];
const withAxis = (shape: Shape, axis: number, size: number): number[] => [...shape.slice(0, axis), size, ...shape.slice(axis)];

function unpacked(value: TensorInfo, axis: number): Shape[] {
  const [along] = util.parseAxisParam(axis, value.shape) as [number];
  return Array.from({ length: value.shape[along]! }, () => without(value.shape, along));
}

/** Kernels that make or move values without computing. */
export const movementRules: ShapeRules = {
  Concat: (inputs, { axis }) => {
    const shapes = shapesOf(inputs);
    return one(backend_util.computeOutShape(shapes, util.parseAxisParam(axis as number, shapes[0]!)[0]!), { arguments: 1 });
  },
  SplitV: (inputs, { numOrSizeSplits, axis }) => {
    const x = input(inputs, 'x');
    const [along] = util.parseAxisParam(axis as number, x.shape) as [number];
    const sizes = backend_util.prepareSplitSize(x, numOrSizeSplits as number[], along);
    return { outputs: sizes.map((size) => withAxis(without(x.shape, along), along, size)), arguments: sizes.length + 1 };
  },
  Pack: (inputs, { axis }) => {
    const shapes = shapesOf(inputs);
    return one(withAxis(shapes[0]!, axis as number, shapes.length));
  },
  Unpack: (inputs, { axis }) => ({ outputs: unpacked(input(inputs, 'value'), axis as number) }),
  Slice: (inputs, { begin, size }) => {
    const x = input(inputs, 'x');
    const [, sizes] = slice_util.parseSliceParams(x, begin as number[], size as number[]) as [number[], number[]];
    return one(sizes, { arguments: 2 * sizes.length });
  },
  PadV2: padded(1),
  MirrorPad: padded(0),
  Reverse: (inputs, { dims }) => {
    const { shape } = input(inputs, 'x');
    return one(shape, { arguments: util.parseAxisParam(dims as number | number[], shape).length });
  },
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
    const { outputShape } = backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis as number, (batchDims ?? 0) as number);
    return one(outputShape, { arguments: 1 });
  },
  OneHot: (inputs, { depth, dtype }) =>
    one([...input(inputs, 'indices').shape, Number(depth)], { dtype: (dtype as DataType | undefined) ?? 'int32', arguments: 3 }),
  Fill: (_, { shape, dtype = 'float32' }) => {
    const type = dtype as DataType;
    // The value is an argument of the output's type, which may be shorter than 32 bits.
    return one(shape as number[], { dtype: type, arguments: (shape as number[]).length + util.bytesPerElement(type) / 4 });
  },
  Range: (_, { start, stop, step, dtype }) => {
    const [from, to, by] = [Number(start), Number(stop), Number(step ?? 1)];
    const count = Math.ceil(Math.abs((to - from) / by));
    const empty = from === to || (from < to && by < 0) || (to < from && by > 1);
    return one([empty ? 0 : count], { dtype: (dtype as DataType | undefined) ?? 'float32', arguments: 3 });
  },
  Multinomial: (inputs, { numSamples }) => one([input(inputs, 'logits').shape[0]!, Number(numSamples)], { dtype: 'int32', arguments: 1 }),
};
