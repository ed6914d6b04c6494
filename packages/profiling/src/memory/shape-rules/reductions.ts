import { backend_util, util } from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import { each, input, like, one, type ShapeRule, type ShapeRules } from '../shape-rule.js';

/** Of some axes, which stay with length 1 when asked for. */
export const reduction =
  (dtype?: DataType): ShapeRule =>
  (inputs, { axis, reductionIndices, keepDims }) => {
    const x = input(inputs, 'x');
    // Max has a name of its own for what the others call axis.
    const axes = util.parseAxisParam((reductionIndices ?? axis) as number | number[], x.shape);
    const [reduced] = backend_util.computeOutAndReduceShapes(x.shape, axes);
    const shape = keepDims === true ? backend_util.expandShapeToKeepDim(reduced, axes) : reduced;
    return one(shape, { dtype: dtype ?? x.dtype, arguments: axes.length });
  };

/** The place of a value along one axis. */
const place: ShapeRule = (inputs, { axis }) => {
  const { shape } = input(inputs, 'x');
  const [along] = util.parseAxisParam(axis as number, shape) as [number];
  return one([...shape.slice(0, along), ...shape.slice(along + 1)], { dtype: 'int32', arguments: 1 });
};

/** Sums, extremes and what is computed along axes. */
export const reductionRules: ShapeRules = {
  ...each(['Max', 'Min', 'Sum', 'Prod'], reduction()),
  ...each(['All', 'Any'], reduction('bool')),
  ...each(['ArgMax', 'ArgMin'], place),
  Mean: reduction('float32'),
  ...each(['Cumsum', 'Cumprod'], like('x', undefined, 1)),
  Softmax: like('logits'),
  FusedBatchNorm: like('x'),
  LRN: like('x'),
  LRNGrad: like('x'),
  UnsortedSegmentSum: (inputs, { numSegments }) => {
    const rank = input(inputs, 'segmentIds').shape.length;
    return one([Number(numSegments), ...input(inputs, 'x').shape.slice(rank)], { arguments: 1 });
  },
};
