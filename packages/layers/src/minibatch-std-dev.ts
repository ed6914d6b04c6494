import { add, concat, mean, mul, ones, reshape, sqrt, square, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/** Options of {@link minibatchStdDev}. */
export interface MinibatchStdDevOptions {
  /** Samples per group (default 4; the whole batch where it is smaller). */
  groupSize?: number | undefined;
  /** Maps to append, each from an equal share of the channels (default 1). */
  maps?: number | undefined;
}

/**
 * Minibatch standard deviation: appends how much the samples of a group differ, one number per group and map, as constant channels. It
 * lets a discriminator see that a generator has collapsed. Sample i is in group i modulo (batch / groupSize), as in StyleGAN2.
 * x [batch, height, width, channels] → [batch, height, width, channels + maps].
 *
 * Samples see each other in it, so a gradient penalty is then taken of the batch, not of each sample alone.
 *
 * Source: Karras et al. 2018, arXiv 1710.10196, section 3.
 *
 * @param x [batch, height, width, channels]; the batch is a multiple of the group size where it is larger
 * @throws when groups do not divide the batch, or maps the channels
 */
export function minibatchStdDev(x: Tensor, { groupSize = 4, maps = 1 }: MinibatchStdDevOptions = {}): Tensor4D {
  if (x.rank !== 4) throw new Error(`minibatchStdDev: x must be [batch, height, width, channels], got [${x.shape.join(', ')}]`);
  const [batch, height, width, channels] = (x as Tensor4D).shape;
  for (const [name, value] of Object.entries({ groupSize, maps })) {
    if (!Number.isInteger(value) || value < 1) throw new Error(`minibatchStdDev: ${name} must be a whole number ≥ 1, got ${value}`);
  }
  const size = Math.min(groupSize, batch);
  if (batch % size !== 0) throw new Error(`minibatchStdDev: groupSize must divide the batch, got ${groupSize} for a batch of ${batch}`);
  if (channels % maps !== 0) throw new Error(`minibatchStdDev: maps must divide the channels, got ${maps} for ${channels}`);
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
