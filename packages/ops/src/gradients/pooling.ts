import {
  argMax,
  backend_util,
  cast,
  depthwiseConv2d,
  div,
  eye,
  fill,
  getBackend,
  greater,
  mul,
  oneHot,
  onesLike,
  reshape,
  sum,
  tensor4d,
  tile,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { withoutGradients } from '../gradient-control.js';
import { gradient, runKernel } from './define.js';

interface PoolAttributes {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: 'same' | 'valid' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** The number of input pixels that each place of the pooled map sees along one axis. */
function windowSizes(size: number, out: number, stride: number, taps: number, before: number): number[] {
  return Array.from({ length: out }, (_, i) => Math.min(i * stride - before + taps, size) - Math.max(i * stride - before, 0));
}

/**
 * Share of each window that is within the picture, [1, outHeight, outWidth, 1], where the backend's gradient kernel needs
 * it: only TensorFlow's divides by the pixels within the picture, as the forward kernels of all backends do; the others
 * divide by the whole window. Undefined where no window leaves the picture.
 */
function insideShare(x: Tensor, attributes: NamedAttrMap): Tensor | undefined {
  if (getBackend() === 'tensorflow') return undefined;
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as PoolAttributes;
  const info = backend_util.computePool2DInfo(x.shape as [number, number, number, number], filterSize, strides, 1, pad, dimRoundingMode);
  const rows = windowSizes(info.inHeight, info.outHeight, info.strideHeight, info.filterHeight, info.padInfo.top);
  const columns = windowSizes(info.inWidth, info.outWidth, info.strideWidth, info.filterWidth, info.padInfo.left);
  const whole = info.filterHeight * info.filterWidth;
  const shares = rows.flatMap((row) => columns.map((column) => (row * column) / whole));
  return shares.every((share) => share === 1) ? undefined : tensor4d(shares, [1, rows.length, columns.length, 1]);
}

/**
 * Values of x in each pooling window. [batch, outHeight, outWidth, channels, window]; 0 where a window leaves the picture.
 */
function windows(x: Tensor, attributes: NamedAttrMap): Tensor {
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as PoolAttributes;
  const [height, width] = typeof filterSize === 'number' ? [filterSize, filterSize] : filterSize;
  const [taps, channels] = [height * width, x.shape[3]!];
  const filter = tile<Tensor4D>(reshape(eye(taps), [height, width, 1, taps]), [1, 1, channels, 1]);
  const gathered = depthwiseConv2d(x as Tensor4D, filter, strides, pad, 'NHWC', [1, 1], dimRoundingMode);
  return reshape(gathered, [...gathered.shape.slice(0, 3), channels, taps]);
}

/** 1 at the first greatest value of each window, as the kernels break ties. */
function firstMaxima(x: Tensor, attributes: NamedAttrMap): Tensor {
  return withoutGradients(() => {
    const [values, inside] = [windows(x, attributes), windows(onesLike(x), attributes)];
    const seen = where(greater(inside, 0), values, fill(values.shape, -Infinity));
    return cast(oneHot(cast(argMax(seen, 4), 'int32'), values.shape[4]!), 'float32');
  });
}

/** Gradient of a pooling by maxima: its kernel looks up where in the input each output comes from. */
const maxPooling = (kernelName: string): GradConfig => ({
  kernelName,
  inputsToSave: ['x'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attributes) => {
    const [input, output] = saved as [Tensor, Tensor];
    return { x: () => runKernel(`${kernelName}Grad`, { dy: dy as Tensor, input, output }, attributes) };
  },
});

/** Gradients of pooling, and of the kernels that those are made of. */
export const pooling: readonly GradConfig[] = [
  gradient('AvgPool', ['x'], (dy, [x], attributes) => ({
    x: () => {
      const share = insideShare(x!, attributes);
      return runKernel('AvgPoolGrad', { dy: share === undefined ? dy : div(dy, share), input: x! }, attributes);
    },
  })),
  gradient('AvgPoolGrad', ['input'], (g, [input], attributes) => ({
    dy: () => {
      const share = insideShare(input!, attributes);
      const means = runKernel('AvgPool', { x: g }, attributes);
      return share === undefined ? means : mul(means, share);
    },
    input: () => zeros(input!.shape),
  })),
  maxPooling('MaxPool'),
  gradient('MaxPoolGrad', ['input', 'output'], (g, [input, output], attributes) => ({
    dy: () => sum(mul(windows(g, attributes), firstMaxima(input!, attributes)), 4),
    input: () => zeros(input!.shape),
    output: () => zeros(output!.shape),
  })),
  gradient('AvgPool3D', ['x'], (dy, [x], attributes) => ({ x: () => runKernel('AvgPool3DGrad', { dy, input: x! }, attributes) })),
  gradient('AvgPool3DGrad', ['input'], (g, [input], attributes) => ({
    dy: () => runKernel('AvgPool3D', { x: g }, attributes),
    input: () => zeros(input!.shape),
  })),
  maxPooling('MaxPool3D'),
];
