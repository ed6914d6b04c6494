import { ones, pad, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { addBias, averagePool2x2, conv2d, instanceNormalization, leakyRelu, type Parameters } from '@stargan/ops';
import type { Layer } from './layer.js';
import { LEAKY_SLOPE } from './leaky-slope.js';
import { requirePositiveInteger } from './network-arguments.js';
import { join, parameter, type ParameterSpec } from './parameter-spec.js';

/** Options of {@link patchDiscriminator}. */
export interface PatchDiscriminatorOptions {
  /** Channels of the image (default 3). */
  inChannels?: number | undefined;
  /** Channels after the first convolution (default 64); they double per convolution, up to 8 times as many. */
  width?: number | undefined;
  /** Convolutions that halve the resolution (default 3, the 70×70 PatchGAN). */
  levels?: number | undefined;
  /** Whether the convolutions between the first and the last are followed by instance normalisation without parameters (default true). */
  normalize?: boolean | undefined;
}

/** 4×4 convolution with one pixel of zeros around the input, as PyTorch's padding=1. */
function convolve4x4(x: Tensor, filter: Tensor, stride: number): Tensor4D {
  return conv2d(
    pad(x as Tensor4D, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]),
    filter,
    { stride, padding: 'valid' },
  );
}

/**
 * The PatchGAN discriminator: one logit per overlapping patch. 4×4 convolutions with padding 1, `levels` of stride 2
 * and two of stride 1, leaky ReLU 0.2 between them.
 * image [batch, height, width, inChannels] → [batch, height / 2ˡ − 2, width / 2ˡ − 2, 1] for powers of two.
 *
 * Source: Isola et al. 2017, arXiv 1611.07004, section 3.2.2; with the prefix `model` the parameters have the names of its
 * PyTorch code, `model.0.weight`, `model.2.weight`, `model.5.weight`, ….
 *
 * @param prefix of the parameter names `0.weight`, `0.bias`, …
 */
export function patchDiscriminator(
  prefix: string,
  { inChannels = 3, width = 64, levels = 3, normalize = true }: PatchDiscriminatorOptions = {},
): Layer {
  for (const [name, value] of Object.entries({ inChannels, width, levels })) requirePositiveInteger('patchDiscriminator', name, value);
  const widths = [inChannels, ...Array.from({ length: levels + 1 }, (_, level) => width * Math.min(2 ** level, 8)), 1];
  // Normalisations and activations count in the sequence of modules, too.
  const numbers = widths.slice(1).map((_, i) => (i === 0 ? 0 : 2 + (i - 1) * (normalize ? 3 : 2)));
  const last = numbers.length - 1;
  const specs = numbers.flatMap((number, i): ParameterSpec[] => [
    { name: join(prefix, `${number}.weight`), kind: 'convolution', shape: [4, 4, widths[i]!, widths[i + 1]!] },
    { name: join(prefix, `${number}.bias`), kind: 'bias', shape: [widths[i + 1]!] },
  ]);

  function apply(parameters: Parameters, image: Tensor): Tensor4D {
    let h = image;
    numbers.forEach((number, i) => {
      const channels = widths[i + 1]!;
      h = convolve4x4(h, parameter(parameters, join(prefix, `${number}.weight`)), i < levels ? 2 : 1);
      const isNormalized = normalize && i > 0 && i < last;
      // A bias directly before an instance norm has no effect: it stays among the parameters and is not added.
      if (isNormalized) h = instanceNormalization(h, ones([channels]), zeros([channels]), { slope: LEAKY_SLOPE });
      else h = addBias(h, parameter(parameters, join(prefix, `${number}.bias`)));
      if (!isNormalized && i < last) h = leakyRelu(h, LEAKY_SLOPE);
    });
    return h as Tensor4D;
  }

  return { specs, apply: (parameters, image) => tidy(() => apply(parameters, image)) };
}

/** A discriminator that gives one map of logits per scale. */
export interface MultiScaleDiscriminator {
  /** Parameters of all heads, full resolution first. */
  readonly specs: readonly ParameterSpec[];
  /**
   * Logits at full, half, quarter … resolution; the caller owns them.
   *
   * @param parameters the network's weights by name: at least those of `specs`
   * @param image [batch, height, width, channels] in [-1, 1]
   */
  apply(parameters: Parameters, image: Tensor): Tensor4D[];
}

/**
 * Heads of one kind at several resolutions of the image, each with parameters of its own: the multi-scale
 * discriminator of pix2pixHD and MUNIT, halving by 2×2 average pooling.
 *
 * Source: Wang et al. 2018, arXiv 1711.11585, section 3.2.
 *
 * @param prefix before the heads' own prefixes `0`, `1`, …, full resolution first
 * @param scales the number of scales, a whole number ≥ 1
 * @param head makes the discriminator of one scale under a prefix, e.g. {@link patchDiscriminator}
 */
export function multiScaleDiscriminator(prefix: string, scales: number, head: (prefix: string) => Layer): MultiScaleDiscriminator {
  requirePositiveInteger('multiScaleDiscriminator', 'scales', scales);
  const heads = Array.from({ length: scales }, (_, scale) => head(join(prefix, `${scale}`)));
  return {
    specs: heads.flatMap(({ specs }) => specs),
    apply: (parameters, image) =>
      tidy(() => {
        let seen = image;
        return heads.map((each, scale) => {
          if (scale > 0) seen = averagePool2x2(seen);
          return each.apply(parameters, seen);
        });
      }),
  };
}
