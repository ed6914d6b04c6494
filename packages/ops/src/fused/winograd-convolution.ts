import { mul } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { conv2d, conv2dFilterGradient, conv2dInputGradient } from '../convolution.js';
import { addBias } from '../linear.js';
import { averagePool2x2, sumPool2x2, upsampleNearest2x } from '../resampling.js';
import { requireShapeOf, shapeOf, type NamedShapes, type RandomTensor, type Shape, type SingleOutputOperation } from './fused-operation.js';
import { residualSumKernel } from './residual-sum.js';

/** What surrounds the 3×3 convolution: average pooling after it (−1), nothing (0), nearest upsampling before it (1). */
export type Resampling = -1 | 0 | 1;

/** Attributes of the convolution and of its gradients. */
export interface ConvolutionAttributes {
  /** What surrounds the convolution. */
  resampling: Resampling;
}

const common = { nativeSource: 'winograd.cc', attributes: ['resampling'], tolerance: 1e-4 } as const;

/** A feature map's shape with other channels and sides doubled `doublings` times; −1 halves them. */
function resampled(shape: Shape, doublings: number, channels: number): Shape {
  const [batch, height, width] = shape as [number, number, number];
  return [batch, height * 2 ** doublings, width * 2 ** doublings, channels];
}

/**
 * Products of minimal filtering, between the feature maps on both sides of a filter: 6×6 for 4×4 pixels, or 5×5 for
 * 2×2 pixels of the smaller map where the other one has twice its size. The transforms of tiles and filters are
 * elementwise work and count 0, like other such kernels.
 */
function filteringFlops(smaller: Shape, resampling: Resampling, channels: number): number {
  const [products, pixels] = resampling === 0 ? [36, 4] : [25, 2];
  const [batch, height, width] = smaller as [number, number, number];
  return 2 * products * batch * Math.ceil(height / pixels) * Math.ceil(width / pixels) * channels;
}

/** Channels in times channels out. */
const channelPairs = (filter: Shape): number => filter[2]! * filter[3]!;

const shapesOf = <Name extends string>(inputs: NamedShapes, ...names: Name[]): Record<Name, Shape> =>
  Object.fromEntries(names.map((name) => [name, requireShapeOf(inputs, name)])) as Record<Name, Shape>;

interface SampleSize {
  resampling: Resampling;
  x: [number, number, number, number];
  filter: [number, number, number, number];
}

// Sizes that fill neither blocks nor tiles, and ones that are worth threads: few tiles, many of many channels, and many
// of few channels, which the kernels compute in different ways. Pooling needs even sides.
const SMALL = { batch: 2, even: [6, 10], odd: [7, 9], from: 32, to: 64 } as const;
const LARGE = { batch: 2, even: [30, 30], odd: [30, 30], from: 96, to: 96 } as const;
const WIDE = { batch: 1, even: [146, 122], odd: [133, 122], from: 32, to: 32 } as const;
const SIZES = [SMALL, LARGE, WIDE].flatMap(({ batch, even, odd, from, to }) =>
  ([-1, 0, 1] as const).map((resampling): SampleSize => ({
    resampling,
    x: [batch, ...(resampling < 0 ? even : odd), from],
    filter: [3, 3, from, to],
  })),
);
/** More tiles than the gradient of the filter keeps transformed at a time. */
const LONG: SampleSize = { resampling: 0, x: [1, 126, 122, 160], filter: [3, 3, 160, 160] };
const randomFilter = (random: RandomTensor, shape: SampleSize['filter']): Tensor => mul(random(...shape), 1 / Math.sqrt(9 * shape[2]));
const randomOutput = (random: RandomTensor, { resampling, x, filter }: SampleSize): Tensor =>
  random(...resampled(x, resampling, filter[3]));

/** 3×3 convolution by minimal filtering, alone or with resampling by 2. */
export const winogradConvolutionKernel: SingleOutputOperation<Record<'x' | 'filter', Tensor>, ConvolutionAttributes> = {
  ...common,
  kernelName: 'StarganWinogradConvolution',
  inputs: ['x', 'filter'],
  outputShapes: (inputs, { resampling }) => {
    const { x, filter } = shapesOf(inputs, 'x', 'filter');
    return [resampled(x, resampling, filter[3]!)];
  },
  flops: (inputs, { resampling }) => {
    const { x, filter } = shapesOf(inputs, 'x', 'filter');
    return filteringFlops(resampling < 0 ? resampled(x, resampling, 1) : x, resampling, channelPairs(filter));
  },
  composed: ({ x, filter }, { resampling }) => {
    if (resampling === 0) return conv2d(x, filter);
    return resampling < 0 ? averagePool2x2(conv2d(x, filter)) : conv2d(upsampleNearest2x(x), filter);
  },
  samples: (random) =>
    SIZES.map(({ resampling, x, filter }) => ({
      inputs: { x: random(...x), filter: randomFilter(random, filter) },
      attributes: { resampling },
    })),
};

/** scale · (convolution + bias + shortcut): the end of a residual block, without resampling. */
export const winogradConvolutionResidualSumKernel: SingleOutputOperation<
  Record<'shortcut' | 'x' | 'filter' | 'bias', Tensor>,
  { scale: number }
> = {
  ...common,
  attributes: ['scale'],
  kernelName: 'StarganWinogradConvolutionResidualSum',
  inputs: ['shortcut', 'x', 'filter', 'bias'],
  outputShapes: shapeOf('shortcut'),
  flops: (inputs) => {
    const { x, filter } = shapesOf(inputs, 'x', 'filter');
    return filteringFlops(x, 0, channelPairs(filter));
  },
  composed: ({ shortcut, x, filter, bias }, { scale }) =>
    residualSumKernel.composed({ a: addBias(conv2d(x, filter), bias), b: shortcut }, { scale }),
  samples: (random) =>
    SIZES.filter(({ resampling }) => resampling === 0).map((size) => ({
      inputs: {
        shortcut: randomOutput(random, size),
        x: random(...size.x),
        filter: randomFilter(random, size.filter),
        bias: random(size.filter[3]),
      },
      attributes: { scale: 0.5 },
    })),
};

/** The convolution's gradient with respect to x. */
export const winogradConvolutionInputGradientKernel: SingleOutputOperation<Record<'dy' | 'filter', Tensor>, ConvolutionAttributes> = {
  ...common,
  kernelName: 'StarganWinogradConvolutionInputGradient',
  inputs: ['dy', 'filter'],
  outputShapes: (inputs, { resampling }) => {
    const { dy, filter } = shapesOf(inputs, 'dy', 'filter');
    return [resampled(dy, -resampling, filter[2]!)];
  },
  flops: (inputs, { resampling }) => {
    const { dy, filter } = shapesOf(inputs, 'dy', 'filter');
    return filteringFlops(resampling > 0 ? resampled(dy, -resampling, 1) : dy, resampling, channelPairs(filter));
  },
  composed: ({ dy, filter }, { resampling }) => {
    const ofFullSize = resampling < 0 ? upsampleNearest2x(dy, 1 / 4) : (dy as Tensor4D);
    const [batch, height, width] = ofFullSize.shape;
    const dx = conv2dInputGradient(ofFullSize, filter, [batch, height, width, filter.shape[2]!]);
    return resampling > 0 ? sumPool2x2(dx) : dx;
  },
  samples: (random) =>
    SIZES.map((size) => ({
      inputs: { dy: randomOutput(random, size), filter: randomFilter(random, size.filter) },
      attributes: { resampling: size.resampling },
    })),
};

/** Its gradient with respect to the filter. */
export const winogradConvolutionFilterGradientKernel: SingleOutputOperation<Record<'x' | 'dy', Tensor>, ConvolutionAttributes> = {
  ...common,
  kernelName: 'StarganWinogradConvolutionFilterGradient',
  inputs: ['x', 'dy'],
  outputShapes: (inputs) => {
    const { x, dy } = shapesOf(inputs, 'x', 'dy');
    return [[3, 3, x[3]!, dy[3]!]];
  },
  flops: (inputs, { resampling }) => {
    const { x, dy } = shapesOf(inputs, 'x', 'dy');
    return filteringFlops(resampling < 0 ? dy : x, resampling, x[3]! * dy[3]!);
  },
  composed: ({ x, dy }, { resampling }) => {
    const filterShape = [3, 3, x.shape[3]!, dy.shape[3]!];
    return conv2dFilterGradient(resampling > 0 ? upsampleNearest2x(x) : x, resampling < 0 ? upsampleNearest2x(dy, 1 / 4) : dy, filterShape);
  },
  samples: (random) =>
    [...SIZES, LONG].map((size) => ({
      inputs: { x: random(...size.x), dy: randomOutput(random, size) },
      attributes: { resampling: size.resampling },
    })),
};
