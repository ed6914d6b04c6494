import type { Tensor } from '@tensorflow/tfjs-core';
import { averagePool2x2, conv2d, conv2dThenAveragePool, upsampleNearest2x, upsampleThenConv2d } from '@stargan/ops';
import { gradientsOf, normal } from '../inputs.js';
import { describeLevel, levelsOf, type Level } from '../scale.js';
import type { Case, Suite, Variants } from '../suite.js';

/** A 3×3 convolution and a change of resolution: as one convolution, and one after the other. */
export const suite: Suite = {
  name: 'resampling',
  cases: ({ models }) => models.flatMap((model) => levelsOf(model).flatMap((level) => [...casesOf('down', level), ...casesOf('up', level)])),
};

type Resample = (x: Tensor, filter: Tensor) => Tensor;

const directions: Record<'down' | 'up', Record<'fused' | 'composed', Resample>> = {
  down: { fused: conv2dThenAveragePool, composed: (x, filter) => averagePool2x2(conv2d(x, filter)) },
  up: { fused: upsampleThenConv2d, composed: (x, filter) => conv2d(upsampleNearest2x(x), filter) },
};

function casesOf(direction: 'down' | 'up', level: Level): Case[] {
  const { batch, size, channels } = level;
  // The side of higher resolution is the level's.
  const lower = direction === 'down' ? size : size / 2;
  const variants = (run: (resample: Resample, x: Tensor, filter: Tensor) => Variants[string]) => (): Variants => {
    const x = normal([batch, lower, lower, channels]);
    const filter = normal([3, 3, channels, channels], 2);
    return Object.fromEntries(Object.entries(directions[direction]).map(([name, resample]) => [name, run(resample, x, filter)]));
  };
  const name = `${direction} at ${describeLevel(level)}`;
  return [
    { name, arithmetic: true, prepare: variants((resample, x, filter) => () => resample(x, filter)) },
    {
      name: `${name}, with gradients`,
      arithmetic: true,
      prepare: variants((resample, x, filter) => () => gradientsOf((p) => resample(p.x!, p.filter!), { x, filter })),
    },
  ];
}
