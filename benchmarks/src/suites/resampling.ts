import type { Tensor } from '@tensorflow/tfjs-core';
import { convolutionMethods } from '@stargan/layers';
import { normal } from '../inputs.js';
import { layerCases } from '../layer-cases.js';
import { loadVariants } from '../load-variants.js';
import { describeLevel, levelsOf, type Level } from '../scale.js';
import type { Suite, TensorCase } from '../suite.js';

/** x [batch, height, width, in], filter [3, 3, in, out] → [batch, height', width', out], halved or doubled. */
export type ResamplingConvolutionVariant = (x: Tensor, filter: Tensor) => Tensor;

type Variants = Readonly<Record<string, ResamplingConvolutionVariant>>;

/** The methods of blocks, and variants that are only tried here. */
async function variantsOf(step: 'convolveThenPool' | 'upsampleThenConvolve', folder: string): Promise<Variants> {
  const ofBlocks = Object.entries(convolutionMethods).map(([name, steps]): [string, ResamplingConvolutionVariant] => [
    name,
    (x, filter) => steps[step](x, filter),
  ]);
  return { ...Object.fromEntries(ofBlocks), ...(await loadVariants<ResamplingConvolutionVariant>(folder)) };
}

const directions = {
  down: await variantsOf('convolveThenPool', 'convolution-then-pool'),
  up: await variantsOf('upsampleThenConvolve', 'upsample-then-convolution'),
};

/** A 3×3 convolution and a change of resolution, in every variant there is. */
export const suite: Suite = {
  name: 'resampling',
  cases: ({ models }) => models.flatMap(levelsOf).flatMap((level) => [...casesOf('down', level), ...casesOf('up', level)]),
};

function casesOf(direction: 'down' | 'up', level: Level): TensorCase[] {
  const { batch, size, channels } = level;
  // The side of higher resolution is the level's.
  const given = direction === 'down' ? size : size / 2;
  return layerCases({
    name: `${direction} at ${describeLevel(level)}`,
    arithmetic: true,
    variants: directions[direction],
    inputs: () => ({ x: normal([batch, given, given, channels]), filter: normal([3, 3, channels, channels], 2) }),
    apply: (resample, { x, filter }) => resample(x!, filter!),
  });
}
