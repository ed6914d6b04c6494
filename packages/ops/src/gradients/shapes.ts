import {
  add,
  batchToSpaceND,
  cast,
  concat,
  expandDims,
  gather,
  greaterEqual,
  matMul,
  maximum,
  mul,
  oneHot,
  pad,
  reshape,
  reverse,
  slice,
  slice_util,
  spaceToBatchND,
  split,
  stack,
  sum,
  transpose,
  unsortedSegmentSum,
  unstack,
  util,
} from '@tensorflow/tfjs-core';
import type { GradConfig, Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { hasKernel } from '../operation.js';
import { gradient, inverse, type Gradients, summedTo, withoutInput } from './define.js';

function productGradient(dy: Tensor, a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Gradients {
  return {
    // Batches of one are broadcast.
    a: () => summedTo(a.shape, transposeA ? matMul(b, dy, transposeB, true) : matMul(dy, b, false, !transposeB)),
    b: () => summedTo(b.shape, transposeB ? matMul(dy, a, true, transposeA) : matMul(a, dy, !transposeA, false)),
  };
}

/** Sums the repetitions of a tile: each axis is split into (repetition, element). */
function sumOfTiles(dy: Tensor, shape: number[], reps: number[]): Tensor {
  return shape.reduce((g, size, axis) => {
    const apart = reshape(g, [...g.shape.slice(0, axis), reps[axis]!, size, ...g.shape.slice(axis + 1)]);
    return sum(apart, axis);
  }, dy);
}

/** Adds each row to the one that its index names: by a matrix product where the backend (wasm) has no kernel for it. */
function sumOfRows(rows: Tensor, indices: Tensor1D, count: number): Tensor {
  if (hasKernel('UnsortedSegmentSum')) return unsortedSegmentSum(rows, indices, count);
  const places = cast(oneHot(indices, count), 'float32');
  return reshape(matMul(places, reshape(rows, [indices.size, -1]), true), [count, ...rows.shape.slice(1)]);
}

function gatherGradient(dy: Tensor, x: Tensor, indices: Tensor, axis: number): Tensor {
  const rank = x.rank;
  const picked = reshape(dy, [...x.shape.slice(0, axis), indices.size, ...x.shape.slice(axis + 1)]);
  const order = [axis, ...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis)];
  return transpose(sumOfRows(transpose(picked, order), reshape<Rank.R1>(indices, [indices.size]), x.shape[axis]!), inverse(order));
}

/** Folds what mirror padding copied outwards back, one axis after the other. */
function foldMirror(dy: Tensor, paddings: [number, number][], mode: string): Tensor {
  const edge = mode === 'reflect' ? 1 : 0;
  return paddings.reduce((g, [before, after], axis) => {
    const size = g.shape[axis]! - before - after;
    const part = (begin: number, count: number): Tensor =>
      slice(
        g,
        g.shape.map((_, i) => (i === axis ? begin : 0)),
        g.shape.map((all, i) => (i === axis ? count : all)),
      );
    const placed = (piece: Tensor, begin: number, count: number): Tensor =>
      pad(
        reverse(piece, axis),
        g.shape.map((_, i) => (i === axis ? [begin, size - begin - count] : [0, 0])),
      );
    let folded = part(before, size);
    if (before > 0) folded = add(folded, placed(part(0, before), edge, before));
    if (after > 0) folded = add(folded, placed(part(before + size, after), size - edge - after, after));
    return folded;
  }, dy);
}

function segmentGradient(dy: Tensor, ids: Tensor): Tensor {
  const picked = gather(dy, cast<Tensor1D>(maximum(ids, 0), 'int32'));
  let present: Tensor = cast(greaterEqual(ids, 0), 'float32');
  while (present.rank < picked.rank) present = expandDims(present, present.rank);
  return mul(picked, present);
}

/** Gradients of the kernels that move, repeat or join elements, and of matrix products. */
export const shapes: readonly GradConfig[] = [
  gradient('BatchMatMul', ['a', 'b'], (dy, [a, b], { transposeA, transposeB }) =>
    productGradient(dy, a!, b!, transposeA === true, transposeB === true),
  ),
  withoutInput('BatchToSpaceND', (dy, { blockShape, crops }) => spaceToBatchND(dy, blockShape as number[], crops as number[][])),
  withoutInput('SpaceToBatchND', (dy, { blockShape, paddings }) => batchToSpaceND(dy, blockShape as number[], paddings as number[][])),
  withoutInput('BroadcastTo', (dy, { inputShape }) => summedTo(inputShape as number[], dy)),
  {
    kernelName: 'Concat',
    saveAllInputs: true,
    gradFunc: (dy, parts, { axis }) => {
      const [along] = util.parseAxisParam(axis as number, parts[0]!.shape) as [number];
      const sizes = parts.map(({ shape }) => shape[along]!);
      return Object.fromEntries(parts.map((_, i) => [i, () => split(dy as Tensor, sizes, along)[i]!]));
    },
  },
  gradient('ExpandDims', ['input'], (dy, [input]) => ({ input: () => reshape(dy, input!.shape) })),
  gradient('GatherV2', ['x', 'indices'], (dy, [x, indices], { axis, batchDims }) => ({
    x: () => {
      const [along] = util.parseAxisParam(axis as number, x!.shape) as [number];
      if (!batchDims) return gatherGradient(dy, x!, indices!, along);
      const [rows, places, slopes] = [unstack(x!), unstack(indices!), unstack(dy)];
      return stack(rows.map((row, i) => gatherGradient(slopes[i]!, row, places[i]!, along - 1)));
    },
    indices: () => cast(mul(indices!, 0), 'float32'),
  })),
  gradient('MirrorPad', ['x'], (dy, _, { paddings, mode }) => ({
    x: () => foldMirror(dy, paddings as [number, number][], mode as string),
  })),
  {
    kernelName: 'Pack',
    saveAllInputs: true,
    gradFunc: (dy, _, { axis }) => Object.fromEntries(unstack(dy as Tensor, axis as number).map((part, i) => [i, () => part])),
  },
  withoutInput('PadV2', (dy, { paddings }) => {
    const sides = paddings as [number, number][];
    return slice(
      dy,
      sides.map(([before]) => before),
      dy.shape.map((size, axis) => size - sides[axis]![0] - sides[axis]![1]),
    );
  }),
  gradient('Reshape', ['x'], (dy, [x]) => ({ x: () => reshape(dy, x!.shape) })),
  withoutInput('Reverse', (dy, { dims }) => reverse(dy, util.parseAxisParam(dims as number | number[], dy.shape))),
  gradient('Slice', ['x'], (dy, [x], { begin, size }) => {
    const [first, counts] = slice_util.parseSliceParams(x!, begin as number[], size as number[]);
    return {
      x: () =>
        pad(
          dy,
          first!.map((before, axis) => [before, x!.shape[axis]! - before - counts![axis]!] as [number, number]),
        ),
    };
  }),
  { kernelName: 'SplitV', gradFunc: (dy, _, { axis }) => ({ x: () => concat(dy as Tensor[], axis as number) }) },
  gradient('Tile', ['x'], (dy, [x], { reps }) => ({ x: () => sumOfTiles(dy, x!.shape, reps as number[]) })),
  withoutInput('Transpose', (dy, { perm }) => transpose(dy, inverse(perm as number[]))),
  { kernelName: 'Unpack', gradFunc: (dy, _, { axis }) => ({ value: () => stack(dy as Tensor[], axis as number) }) },
  gradient('UnsortedSegmentSum', ['segmentIds'], (dy, [ids]) => ({
    x: () => segmentGradient(dy, ids!),
    segmentIds: () => cast(mul(ids!, 0), 'float32'),
  })),
];
