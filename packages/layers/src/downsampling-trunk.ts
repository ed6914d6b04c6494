import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { leakyRelu } from '@stargan/ops';
import { checkpointed, type Checkpointing } from './checkpointing.js';
import { convolution } from './convolution.js';
import type { Layer } from './layer.js';
import { imageLevels, levelWidths, type WidthOptions } from './network-arguments.js';
import { join } from './parameter-spec.js';
import { residualBlock } from './residual-block.js';
import type { BlockConvolutions, ConvolutionMethod } from './convolution-method.js';

/** Options of {@link downsamplingTrunk}. */
export interface TrunkOptions extends WidthOptions {
  /** Height and width of the images: a power of two ≥ 16. */
  imageSize: number;
  /** Channels of the image: 3 (default), more where labels are appended to it. */
  inChannels?: number | undefined;
  /** How blocks convolve and resample; every method computes the same function. */
  convolution?: ConvolutionMethod | BlockConvolutions | undefined;
  /** What is kept for the backward pass; the gradients are the same. A second-order gradient keeps everything. */
  checkpointing?: Checkpointing | undefined;
}

/** A trunk, and what a head needs to be put on it. */
export interface Trunk extends Layer {
  /** Channels of the output. */
  readonly channels: number;
  /** Number of modules in the reference's sequence, activations included: the index of what comes next. */
  readonly length: number;
}

/**
 * What the style encoder and the discriminator share: 3×3 conv, log₂S − 2 residual blocks that halve the
 * resolution, without normalisation, down to 4×4; lrelu; 4×4 `valid` conv; lrelu.
 * image [batch, S, S, inChannels] → [batch, 1, 1, channels].
 *
 * @param network name for error messages
 * @param prefix of the parameter names `0.weight`, `1.conv1.weight`, …
 * @param options size and channels of the image, widths, and how blocks are computed
 */
export function downsamplingTrunk(
  network: string,
  prefix: string,
  { imageSize, inChannels = 3, convolution: method, checkpointing, ...widthOptions }: TrunkOptions,
): Trunk {
  const levels = imageLevels(network, imageSize) - 2;
  const widths = levelWidths(network, imageSize, levels, widthOptions);
  const channels = widths[levels]!;
  const name = (index: number): string => join(prefix, `${index}`);
  const stem = convolution(name(0), { inChannels, outChannels: widths[0]!, size: 3 });
  const blocks = widths
    .slice(1)
    .map((outChannels, i) =>
      checkpointed(
        residualBlock(name(i + 1), { inChannels: widths[i]!, outChannels, downsample: true, convolution: method }),
        checkpointing,
      ),
    );
  const last = convolution(name(levels + 2), { inChannels: channels, outChannels: channels, size: 4, padding: 'valid' });
  return {
    channels,
    length: levels + 4,
    specs: [...stem.specs, ...blocks.flatMap((block) => block.specs), ...last.specs],
    apply: (parameters, image) =>
      tidy(() => {
        let h: Tensor = stem.apply(parameters, image);
        for (const block of blocks) h = block.apply(parameters, h);
        return leakyRelu(last.apply(parameters, leakyRelu(h)));
      }),
  };
}
