import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { gradient, runKernel } from './define.js';

/** The kernels of a convolution: with the gradients by its input and by its filter they are bilinear and each other's gradients. */
interface Convolution {
  forward: string;
  byInput: string;
  byFilter: string;
  /** Attributes that all three have. */
  geometry: readonly string[];
}

const CONVOLUTIONS: readonly Convolution[] = [
  {
    forward: 'Conv2D',
    byInput: 'Conv2DBackpropInput',
    byFilter: 'Conv2DBackpropFilter',
    geometry: ['strides', 'pad', 'dataFormat', 'dimRoundingMode'],
  },
  { forward: 'Conv3D', byInput: 'Conv3DBackpropInputV2', byFilter: 'Conv3DBackpropFilterV2', geometry: ['strides', 'pad'] },
  {
    forward: 'DepthwiseConv2dNative',
    byInput: 'DepthwiseConv2dNativeBackpropInput',
    byFilter: 'DepthwiseConv2dNativeBackpropFilter',
    geometry: ['strides', 'pad', 'dimRoundingMode'],
  },
];

function gradientsOf({ forward, byInput, byFilter, geometry }: Convolution): GradConfig[] {
  const ones = forward === 'Conv3D' ? [1, 1, 1] : [1, 1];
  const common = (attributes: NamedAttrMap): NamedAttrMap => {
    if ([attributes.dilations ?? 1].flat().some((dilation) => dilation !== 1)) {
      throw new Error(
        `${forward}: tensorflow.js has no gradient of a dilated convolution, got dilations ${[attributes.dilations as number | number[]].flat().join(', ')}; use dilations 1`,
      );
    }
    return { ...Object.fromEntries(geometry.map((name) => [name, attributes[name]])), dilations: ones };
  };
  const convolve = (x: Tensor, filter: Tensor, attributes: NamedAttrMap): Tensor => runKernel(forward, { x, filter }, common(attributes));
  const inputGradient = (dy: Tensor, filter: Tensor, inputShape: number[], attributes: NamedAttrMap): Tensor =>
    runKernel(byInput, { dy, filter }, { ...common(attributes), inputShape });
  const filterGradient = (x: Tensor, dy: Tensor, filterShape: number[], attributes: NamedAttrMap): Tensor =>
    runKernel(byFilter, { x, dy }, { ...common(attributes), filterShape });
  return [
    gradient(forward, ['x', 'filter'], (dy, [x, filter], attributes) => ({
      x: () => inputGradient(dy, filter!, x!.shape, attributes),
      filter: () => filterGradient(x!, dy, filter!.shape, attributes),
    })),
    gradient(byInput, ['dy', 'filter'], (g, [dy, filter], attributes) => ({
      dy: () => convolve(g, filter!, attributes),
      filter: () => filterGradient(g, dy!, filter!.shape, attributes),
    })),
    gradient(byFilter, ['x', 'dy'], (g, [x, dy], attributes) => ({
      x: () => inputGradient(dy!, g, x!.shape, attributes),
      dy: () => convolve(x!, g, attributes),
    })),
  ];
}

/** Gradients of convolutions, and of the kernels that those are made of. */
export const convolutions: readonly GradConfig[] = CONVOLUTIONS.flatMap(gradientsOf);
