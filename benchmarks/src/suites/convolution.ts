import { engine, getBackend, getKernel } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { normal } from '../inputs.js';
import { layerCases } from '../layer-cases.js';
import { loadVariants } from '../load-variants.js';
import { describeLevel, levelsOf, type Level } from '../scale.js';
import type { Suite, TensorCase } from '../suite.js';

/** `same` convolution: x [batch, height, width, in], filter [3, 3, in, out] → [batch, height, width, out]. */
export type ConvolutionVariant = (x: Tensor, filter: Tensor) => Tensor;

const variants = await loadVariants<ConvolutionVariant>('convolution');

/** 3×3 convolutions of every level: forward, with gradients, and both gradients as bare kernels. */
export const suite: Suite = {
  name: 'convolution',
  cases: ({ models }) => models.flatMap(levelsOf).flatMap(casesOf),
};

const attributes = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };

/** Minimal filtering's kernel as a variant, where the backend has it and it takes so many channels. */
function minimalFiltering(kernelName: string, inputs: Record<string, Tensor>): Record<string, () => Tensor> {
  // Null, against the declared type, where there is none.
  const usable = getKernel(kernelName, getBackend()) != null && Object.values(inputs).every(({ shape }) => shape[3]! % 32 === 0);
  return usable ? { 'minimal filtering': () => engine().runKernel<Tensor>(kernelName, inputs, { resampling: 0 }) } : {};
}

function casesOf(level: Level): TensorCase[] {
  const { batch, size, channels } = level;
  const map = [batch, size, size, channels];
  const taps = [3, 3, channels, channels];
  return [
    ...layerCases({
      name: `3×3 at ${describeLevel(level)}`,
      arithmetic: true,
      variants,
      inputs: () => ({ x: normal(map), filter: normal(taps, 2) }),
      apply: (convolve, { x, filter }) => convolve(x!, filter!),
    }),
    {
      name: `3×3 gradient of x at ${describeLevel(level)}`,
      arithmetic: true,
      prepare: () => {
        const dy = normal(map);
        const filter = normal(taps, 2);
        return {
          kernel: () => engine().runKernel<Tensor>('Conv2DBackpropInput', { dy, filter }, { ...attributes, inputShape: map }),
          ...minimalFiltering('StarganWinogradConvolutionInputGradient', { dy, filter }),
        };
      },
    },
    {
      name: `3×3 gradient of filter at ${describeLevel(level)}`,
      arithmetic: true,
      prepare: () => {
        const x = normal(map);
        const dy = normal(map, 2);
        return {
          kernel: () => engine().runKernel<Tensor>('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: taps }),
          ...minimalFiltering('StarganWinogradConvolutionFilterGradient', { x, dy }),
        };
      },
    },
  ];
}
