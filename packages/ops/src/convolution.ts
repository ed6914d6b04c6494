import { concat, engine, matMul, pad, reshape, slice } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { defineOperation, hasKernel, type Operation } from './operation.js';
import { FEATURE_MAP, requireRank4 } from './shapes.js';

/** Stride and padding of a convolution. */
export interface ConvolutionOptions {
  /** Step between output pixels, both axes. */
  stride?: number | undefined;
  /** `same` pads with zeros so that the output has ⌈size / stride⌉ pixels; `valid` pads nothing. */
  padding?: 'same' | 'valid' | undefined;
}

interface Geometry {
  stride: number;
  padding: 'same' | 'valid';
  inputShape: readonly number[];
  filterShape: readonly number[];
}

const common = ({ stride, padding }: Geometry): Record<string, unknown> => ({
  strides: [stride, stride],
  pad: padding,
  dataFormat: 'NHWC',
  dilations: [1, 1],
});

function runKernel(name: string, inputs: Record<string, Tensor>, attributes: Record<string, unknown>): Tensor {
  return engine().runKernel(name, inputs, attributes as Parameters<ReturnType<typeof engine>['runKernel']>[2]);
}

// The three operations below are all bilinear and are each other's gradients, so the set is closed and can be differentiated
// to any order.

const convolve: Operation<{ x: Tensor; filter: Tensor }, Geometry> = defineOperation({
  name: 'Convolution',
  forward: ({ x, filter }, geometry) => runKernel('Conv2D', { x, filter }, common(geometry)),
  saved: ['x', 'filter'],
  gradients: (dy, { x, filter }, geometry) => ({
    x: () => convolveInputGradient({ dy, filter }, geometry),
    filter: () => convolveFilterGradient({ x, dy }, geometry),
  }),
});

const convolveInputGradient: Operation<{ dy: Tensor; filter: Tensor }, Geometry> = defineOperation({
  name: 'ConvolutionInputGradient',
  forward: ({ dy, filter }, geometry) =>
    runKernel('Conv2DBackpropInput', { dy, filter }, { ...common(geometry), inputShape: geometry.inputShape }),
  saved: ['dy', 'filter'],
  gradients: (g, { dy, filter }, geometry) => ({
    dy: () => convolve({ x: g, filter }, geometry),
    filter: () => convolveFilterGradient({ x: g, dy }, geometry),
  }),
});

const convolveFilterGradient: Operation<{ x: Tensor; dy: Tensor }, Geometry> = defineOperation({
  name: 'ConvolutionFilterGradient',
  forward: ({ x, dy }, geometry) =>
    hasKernel('Conv2DBackpropFilter')
      ? runKernel('Conv2DBackpropFilter', { x, dy }, { ...common(geometry), filterShape: geometry.filterShape })
      : composedFilterGradient(x as Tensor4D, dy as Tensor4D, geometry),
  saved: ['x', 'dy'],
  gradients: (g, { x, dy }, geometry) => ({
    x: () => convolveInputGradient({ dy, filter: g }, geometry),
    dy: () => convolve({ x, filter: g }, geometry),
  }),
});

/** The filter gradient as one matrix product per filter tap, for backends without that kernel (wasm). */
function composedFilterGradient(x: Tensor4D, dy: Tensor4D, { stride, padding, filterShape }: Geometry): Tensor {
  const [batch, height, width, channels] = x.shape;
  const [, outHeight, outWidth, outChannels] = dy.shape;
  const [filterHeight, filterWidth] = filterShape as [number, number];
  const missing = (size: number, out: number, taps: number): number => Math.max((out - 1) * stride + taps - size, 0);
  const vertical = padding === 'same' ? missing(height, outHeight, filterHeight) : 0;
  const horizontal = padding === 'same' ? missing(width, outWidth, filterWidth) : 0;
  const top = Math.floor(vertical / 2);
  const left = Math.floor(horizontal / 2);
  const padded = pad(x, [
    [0, 0],
    [top, vertical - top + stride],
    [left, horizontal - left + stride],
    [0, 0],
  ]);
  const gradient = reshape(dy, [-1, outChannels]);
  const taps: Tensor[] = [];
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const window = slice(padded, [0, row, column, 0], [batch, outHeight * stride, outWidth * stride, channels]);
      // Every stride-th pixel: split each axis into (out, stride) and keep the first of each group.
      const grouped = reshape(window, [batch * outHeight, stride, outWidth, stride * channels]);
      const seen = stride === 1 ? window : slice(grouped, [0, 0, 0, 0], [batch * outHeight, 1, outWidth, channels]);
      taps.push(matMul(reshape(seen, [-1, channels]), gradient, true, false));
    }
  }
  return reshape(concat(taps, 0), [filterHeight, filterWidth, channels, outChannels]);
}

function outputSize(size: number, taps: number, stride: number, padding: 'same' | 'valid'): number {
  return padding === 'same' ? Math.ceil(size / stride) : Math.floor((size - taps) / stride) + 1;
}

/**
 * 2-D convolution (cross-correlation, as in every deep-learning framework), exact to every order.
 *
 * @param x [batch, height, width, in]
 * @param filter [filterHeight, filterWidth, in, out]
 * @returns [batch, outHeight, outWidth, out]
 * @throws when ranks or channels do not fit, or a `valid` filter is larger than the input
 */
export function conv2d(x: Tensor, filter: Tensor, { stride = 1, padding = 'same' }: ConvolutionOptions = {}): Tensor4D {
  requireRank4('conv2d', 'x', x, FEATURE_MAP);
  requireRank4('conv2d', 'filter', filter, '[height, width, in, out]');
  if (x.shape[3] !== filter.shape[2]) {
    throw new Error(
      `conv2d: filter takes ${filter.shape[2]} channels, x has ${x.shape[3]} (x [${x.shape.join(', ')}], filter [${filter.shape.join(', ')}])`,
    );
  }
  if (padding === 'valid' && (x.shape[1] < filter.shape[0] || x.shape[2] < filter.shape[1])) {
    throw new Error(
      `conv2d: a ${filter.shape[0]}×${filter.shape[1]} filter without padding needs at least as large an input, got ${x.shape[1]}×${x.shape[2]}`,
    );
  }
  return convolve({ x, filter }, { stride, padding, inputShape: x.shape, filterShape: filter.shape }) as Tensor4D;
}

/**
 * Transposed 2-D convolution: the gradient of {@link conv2d} with respect to its input, as a layer.
 * The output is `stride` times the size of the input (`same` padding).
 *
 * @param x [batch, height, width, in]
 * @param filter [filterHeight, filterWidth, out, in]
 * @param options `stride` in both directions, a whole number ≥ 1; default 2
 * @returns [batch, height · stride, width · stride, out]
 * @throws when ranks or channels do not fit
 */
export function conv2dTranspose(x: Tensor, filter: Tensor, { stride = 2 }: { stride?: number | undefined } = {}): Tensor4D {
  requireRank4('conv2dTranspose', 'x', x, FEATURE_MAP);
  requireRank4('conv2dTranspose', 'filter', filter, '[height, width, out, in]');
  if (x.shape[3] !== filter.shape[3]) {
    throw new Error(`conv2dTranspose: filter takes ${filter.shape[3]} channels, x has ${x.shape[3]}`);
  }
  const [batch, height, width] = x.shape;
  const inputShape = [batch, height * stride, width * stride, filter.shape[2]];
  const geometry: Geometry = { stride, padding: 'same', inputShape, filterShape: filter.shape };
  return convolveInputGradient({ dy: x, filter }, geometry) as Tensor4D;
}

/**
 * Output shape of {@link conv2d}, computed without running it.
 *
 * @param inputShape [batch, height, width, in]
 * @param filterShape [height, width, in, out]
 */
export function conv2dOutputShape(
  inputShape: readonly [number, number, number, number],
  filterShape: readonly [number, number, number, number],
  { stride = 1, padding = 'same' }: ConvolutionOptions = {},
): [number, number, number, number] {
  return [
    inputShape[0],
    outputSize(inputShape[1], filterShape[0], stride, padding),
    outputSize(inputShape[2], filterShape[1], stride, padding),
    filterShape[3],
  ];
}

/** Gradient of {@link conv2d} with stride 1 and `same` padding with respect to its input [batch, height, width, in]. */
export function conv2dInputGradient(dy: Tensor, filter: Tensor, inputShape: readonly number[]): Tensor4D {
  return convolveInputGradient({ dy, filter }, { stride: 1, padding: 'same', inputShape, filterShape: filter.shape }) as Tensor4D;
}

/** Gradient of {@link conv2d} with stride 1 and `same` padding with respect to its filter. */
export function conv2dFilterGradient(x: Tensor, dy: Tensor, filterShape: readonly number[]): Tensor4D {
  return convolveFilterGradient({ x, dy }, { stride: 1, padding: 'same', inputShape: x.shape, filterShape }) as Tensor4D;
}
