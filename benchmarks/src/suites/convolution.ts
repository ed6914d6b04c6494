import { conv2d as coreConv2d, engine } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { conv2d } from '@stargan/ops';
import { normal } from '../inputs.js';
import { describeLevel, levelsOf, type Level } from '../scale.js';
import type { Case, Suite } from '../suite.js';

/** 3×3 convolutions of every level: forward, and both gradients as kernels of their own. */
export const suite: Suite = {
  name: 'convolution',
  cases: ({ models }) => models.flatMap((model) => levelsOf(model).flatMap(casesOf)),
};

const attributes = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };

function casesOf(level: Level): Case[] {
  const { batch, size, channels } = level;
  const map = [batch, size, size, channels];
  const taps = [3, 3, channels, channels];
  const name = (kind: string): string => `3×3 ${kind} at ${describeLevel(level)}`;
  return [
    {
      name: name('forward'),
      arithmetic: true,
      prepare: () => {
        const x = normal(map) as Tensor4D;
        const filter = normal(taps, 2) as Tensor4D;
        return { ops: () => conv2d(x, filter), 'tfjs-core': () => coreConv2d(x, filter, 1, 'same') };
      },
    },
    {
      name: name('gradient of x'),
      arithmetic: true,
      prepare: () => {
        const dy = normal(map);
        const filter = normal(taps, 2);
        return { kernel: () => engine().runKernel<Tensor>('Conv2DBackpropInput', { dy, filter }, { ...attributes, inputShape: map }) };
      },
    },
    {
      name: name('gradient of filter'),
      arithmetic: true,
      prepare: () => {
        const x = normal(map);
        const dy = normal(map, 2);
        return { kernel: () => engine().runKernel<Tensor>('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: taps }) };
      },
    },
  ];
}
