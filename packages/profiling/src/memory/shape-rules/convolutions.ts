import { backend_util, broadcast_util } from '@tensorflow/tfjs-core';
import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import type { Shape } from '@stargan/ops/fused';
import { each, input, one, type ShapeRule, type ShapeRules } from '../shape-rule.js';

type Four = [number, number, number, number];
type Five = [number, number, number, number, number];
type Pair = [number, number];
type Triple = [number, number, number];

/** The layout of feature maps that the kernels' rules know. @throws for the other one */
function requireChannelsLast(dataFormat: NamedAttrMap[string] | undefined): void {
  if (dataFormat !== undefined && dataFormat !== null && dataFormat !== 'NHWC' && dataFormat !== 'NDHWC')
    throw new Error(`shape rule: dataFormat must be NHWC or NDHWC, got ${dataFormat as string}`);
}

/** Geometry of a convolution of `x` with `filter`, as tfjs computes it. */
function geometry(x: Shape, filter: Shape, attributes: NamedAttrMap, depthwise: boolean): backend_util.Conv2DInfo {
  const { strides, pad, dilations, dimRoundingMode, dataFormat } = attributes;
  requireChannelsLast(dataFormat);
  return backend_util.computeConv2DInfo(
    x as Four,
    filter as Four,
    strides as Pair,
    (dilations ?? [1, 1]) as Pair,
    pad as 'same' | 'valid',
    dimRoundingMode as 'floor' | undefined,
    depthwise,
  );
}

const convolution =
  (depthwise: boolean): ShapeRule =>
  (inputs, attributes) =>
    one(geometry(input(inputs, 'x').shape, input(inputs, 'filter').shape, attributes, depthwise).outShape);

const matrixProduct: ShapeRule = (inputs, { transposeA, transposeB }) => {
  const [a, b] = [input(inputs, 'a').shape, input(inputs, 'b').shape];
  const batch = broadcast_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2));
  return one([...batch, a.at(transposeA === true ? -1 : -2)!, b.at(transposeB === true ? -2 : -1)!]);
};

const ofInput =
  (axes: number): ShapeRule =>
  (_, { inputShape }) =>
    one(inputShape as number[], { arguments: axes });
const ofFilter =
  (axes: number): ShapeRule =>
  (_, { filterShape }) =>
    one(filterShape as number[], { arguments: axes });

/** Matrix products, convolutions and their gradients. */
export const convolutionRules: ShapeRules = {
  ...each(['BatchMatMul', '_FusedMatMul'], matrixProduct),
  ...each(['Conv2D', 'FusedConv2D'], convolution(false)),
  ...each(['DepthwiseConv2dNative', 'FusedDepthwiseConv2D'], convolution(true)),
  ...each(['Conv2DBackpropInput', 'DepthwiseConv2dNativeBackpropInput'], ofInput(4)),
  ...each(['Conv2DBackpropFilter', 'DepthwiseConv2dNativeBackpropFilter'], ofFilter(4)),
  Conv3D: (inputs, { strides, pad, dilations, dataFormat }) => {
    requireChannelsLast(dataFormat);
    const [x, filter] = [input(inputs, 'x').shape as Five, input(inputs, 'filter').shape as Five];
    return one(backend_util.computeConv3DInfo(x, filter, strides as Triple, dilations as Triple, pad as 'same' | 'valid').outShape);
  },
  Conv3DBackpropInputV2: ofInput(5),
  Conv3DBackpropFilterV2: ofFilter(5),
};
