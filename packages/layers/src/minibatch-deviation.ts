import { add, concat, mean, mul, ones, reshape, sqrt, square, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/** Options of {@link minibatchDeviation}. */
export interface MinibatchDeviationOptions {
  /** Samples that are compared with each other (default 4; the whole batch where it is smaller). */
  groupSize?: number | undefined;
  /** Maps that are added, each of an equal share of the channels (default 1). */
  maps?: number | undefined;
}

/**
 * Appends how much the samples of a group differ, one number per group and map, as constant channels: it lets a
 * discriminator see a generator that has collapsed. Sample i is in group i modulo (batch / groupSize), as in StyleGAN2.
 * x [batch, height, width, channels] → [batch, height, width, channels + maps].
 *
 * Samples see each other in it: a gradient penalty then is of the batch, not of each sample alone.
 *
 * Source: Karras et al. 2018, arXiv 1710.10196, section 3.
 *
 * @param x [batch, height, width, channels]; a batch larger than a group is a multiple of it
 * @throws when groups do not divide the batch, or maps the channels
 */
export function minibatchDeviation(x: Tensor, { groupSize = 4, maps = 1 }: MinibatchDeviationOptions = {}): Tensor4D {
  if (x.rank !== 4) throw new Error(`minibatchDeviation: x must be [batch, height, width, channels], got [${x.shape.join(', ')}]`);
  const [batch, height, width, channels] = (x as Tensor4D).shape;
  for (const [name, value] of Object.entries({ groupSize, maps })) {
    if (!Number.isInteger(value) || value < 1) throw new Error(`minibatchDeviation: ${name} must be a whole number ≥ 1, got ${value}`);
  }
  const size = Math.min(groupSize, batch);
  if (batch % size !== 0) throw new Error(`minibatchDeviation: groupSize must divide the batch, got ${groupSize} for a batch of ${batch}`);
  if (channels % maps !== 0) throw new Error(`minibatchDeviation: maps must divide the channels, got ${maps} for ${channels}`);
  const groups = batch / size;
  return tidy(() => {
    const grouped = reshape(x, [size, groups * height * width * channels]);
    const variance = mean(square(sub(grouped, mean(grouped, 0, true))), 0);
    // StyleGAN2's constant under the root, which also keeps equal samples differentiable.
    const deviation = reshape(sqrt(add(variance, 1e-8)), [groups, height * width, maps, channels / maps]);
    const perGroup = reshape(mean(deviation, [1, 3]), [1, groups, 1, maps]);
    const everywhere = reshape(mul(perGroup, ones([size, groups, height * width, maps])), [batch, height, width, maps]);
    return concat([x as Tensor4D, everywhere as Tensor4D], 3);
  });
}
