import { clone, concat, mul, ones, reshape, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Parameters } from '@stargan/ops';
import {
  checkpointed,
  convolution,
  imageLevels,
  initializeParameters,
  instanceNorm,
  LEAKY_SLOPE,
  levelWidths,
  requireImage,
  requirePositiveInteger,
  residualBlock,
  styledResidualBlock,
  type Checkpointing,
  type Layer,
  type Network,
  type BlockConvolutions,
  type ConvolutionMethod,
  type WidthOptions,
} from '@stargan/layers';
import { addSkip, highPassFilter, isSkipSize, type Masks } from './high-pass-skip.js';

/** Options of {@link generator}. */
export interface GeneratorOptions extends WidthOptions {
  /** Height and width of the images: a power of two ≥ 16. */
  imageSize: number;
  /** Length of a style code. */
  styleDim?: number | undefined;
  /** Weight w_hpf of the high-pass skip; it divides the filter. 0 leaves the skip out (animals), 1 is for faces. */
  highPass?: number | undefined;
  /** Where the style enters; see {@link StyleInjection}. */
  injection?: StyleInjection | undefined;
  /** How blocks convolve and resample; every method computes the same function. */
  convolution?: ConvolutionMethod | BlockConvolutions | undefined;
  /** What is kept for a backward pass; the same gradients either way. */
  checkpointing?: Checkpointing | undefined;
}

/**
 * Where a style enters the generator.
 *
 * - `adain`: scale and shift of the decoder's normalisations, as in StarGAN v2
 * - `concatenation`: constant maps beside the image's channels, as the first StarGAN gives its generator the domain
 *   (arXiv 1711.09020); the decoder has plain instance norms
 */
export type StyleInjection = 'adain' | 'concatenation';

/** Values that are not trained. */
export interface Constant {
  /** Sizes of the axes. */
  readonly shape: number[];
  /** In C order. */
  readonly values: Float32Array;
}

/** The encoder's result: what the decoder needs besides a style. */
export type EncoderFeatures = {
  /** [batch, S', S', channels] at the bottleneck; with `concatenation` the image, for nothing comes before the style. */
  readonly bottleneck: Tensor4D;
  /** Feature maps kept for the high-pass skip, by their height; empty without masks. */
  readonly skips: Readonly<Record<number, Tensor4D>>;
};

/** The StarGAN v2 generator G(x, s). */
export interface Generator extends Network {
  /**
   * Constants that the reference's state dictionary has beside the parameters, by key: `hpf.filter` with a high-pass
   * skip. They are written for its `load_state_dict`, and never read.
   */
  readonly constants: Readonly<Record<string, Constant>>;
  /**
   * Translates images.
   *
   * @param parameters the network's weights by name: at least those of `specs`
   * @param image [batch, S, S, 3] in [-1, 1]
   * @param style [batch, styleDim]
   * @param masks for the high-pass skip; without them the skip is left out
   * @returns [batch, S, S, 3]; nominally in [-1, 1], not clipped
   */
  apply(parameters: Parameters, image: Tensor, style: Tensor, masks?: Masks): Tensor4D;
  /**
   * The half before the style, so that several styles of one image share it.
   *
   * @param parameters the network's weights by name: at least those of `specs`
   * @param image [batch, S, S, 3] in [-1, 1]
   * @param masks for the high-pass skip; without them the skip is left out
   */
  encode(parameters: Parameters, image: Tensor, masks?: Masks): EncoderFeatures;
  /**
   * The half after the style. `apply` is `decode(encode(image), style)`.
   *
   * @param parameters the network's weights by name: at least those of `specs`
   * @param features what `encode` gave
   * @param style [batch, styleDim]
   * @param masks those that `encode` was given
   */
  decode(parameters: Parameters, features: EncoderFeatures, style: Tensor, masks?: Masks): Tensor4D;
}

/**
 * The generator of StarGAN v2 (arXiv 1912.01865, appendix): 3×3 conv, residual blocks with instance norm
 * down to the bottleneck, two more there, and the mirror image with AdaIN; then instance norm, lrelu and a
 * 1×1 conv to RGB. The target domain is not an input: the style carries it. With `injection: 'concatenation'` the style
 * is appended to the image instead.
 *
 * @param options sizes and widths, the high-pass skip, where the style enters, and how blocks are computed
 * @throws when imageSize is not a power of two ≥ 16 or another option is out of range
 */
export function generator({
  imageSize,
  styleDim = 64,
  highPass = 0,
  injection = 'adain',
  convolution: method,
  checkpointing = 'none',
  ...widthOptions
}: GeneratorOptions): Generator {
  requirePositiveInteger('generator', 'styleDim', styleDim);
  if (!(highPass >= 0) || !Number.isFinite(highPass)) throw new Error(`generator: highPass must be a number ≥ 0, got ${highPass}`);
  const levels = imageLevels('generator', imageSize) - 4 + (highPass > 0 ? 1 : 0);
  const widths = levelWidths('generator', imageSize, levels, widthOptions);
  const deepest = widths[levels]!;
  const shortcut = highPass === 0;
  const isConcatenated = injection === 'concatenation';
  const norm = isConcatenated ? instanceNorm : undefined;

  const fromRgb = convolution('from_rgb', { inChannels: isConcatenated ? 3 + styleDim : 3, outChannels: widths[0]!, size: 3 });
  const encoder: Layer[] = [];
  const decoder: Layer<[style: Tensor]>[] = [];
  for (let level = 0; level < levels + 2; level++) {
    const resample = level < levels;
    const shallow = resample ? widths[level]! : deepest;
    const deep = resample ? widths[level + 1]! : deepest;
    encoder.push(
      checkpointed(
        residualBlock(`encode.${level}`, {
          inChannels: shallow,
          outChannels: deep,
          normalize: true,
          downsample: resample,
          convolution: method,
        }),
        checkpointing,
      ),
    );
    const index = levels + 1 - level;
    decoder.unshift(
      checkpointed(
        styledResidualBlock(`decode.${index}`, {
          inChannels: deep,
          outChannels: shallow,
          styleDim,
          upsample: resample,
          shortcut,
          norm,
          convolution: method,
        }),
        checkpointing,
      ),
    );
  }
  const toRgbNorm = instanceNorm('to_rgb.0', { channels: widths[0]!, slope: LEAKY_SLOPE });
  const toRgb = convolution('to_rgb.2', { inChannels: widths[0]!, outChannels: 3, size: 1 });
  const specs = [fromRgb, ...encoder, ...decoder, toRgbNorm, toRgb].flatMap((layer) => layer.specs);

  function requireMasks(masks: Masks | undefined): void {
    if (masks !== undefined && highPass === 0)
      throw new Error('generator: masks were given but highPass is 0, so there is no skip to use them in');
  }

  function encode(parameters: Parameters, image: Tensor, masks?: Masks): EncoderFeatures {
    requireImage('generator', image.shape, imageSize);
    requireMasks(masks);
    return isConcatenated ? { bottleneck: clone(image as Tensor4D), skips: {} } : runEncoder(parameters, image, masks);
  }

  function runEncoder(parameters: Parameters, image: Tensor, masks?: Masks): EncoderFeatures {
    return tidy(() => {
      const skips: Record<number, Tensor4D> = {};
      let h: Tensor4D = fromRgb.apply(parameters, image);
      for (const block of encoder) {
        if (masks !== undefined && isSkipSize(h.shape[1])) skips[h.shape[1]] = h;
        h = block.apply(parameters, h);
      }
      return { bottleneck: h, skips };
    });
  }

  function decode(parameters: Parameters, features: EncoderFeatures, style: Tensor, masks?: Masks): Tensor4D {
    const batch = features.bottleneck.shape[0];
    if (style.rank !== 2 || style.shape[0] !== batch || style.shape[1] !== styleDim) {
      throw new Error(`generator: style must be [${batch}, ${styleDim}], got [${style.shape.join(', ')}]`);
    }
    requireMasks(masks);
    return tidy(() => {
      const { bottleneck, skips } = isConcatenated ? runEncoder(parameters, appendMaps(features.bottleneck, style), masks) : features;
      let h = bottleneck;
      for (const block of decoder) {
        // A tensor of its own for each block: its gradients are then added block by block, with and without checkpointing.
        h = block.apply(parameters, h, clone(style));
        const kept = skips[h.shape[1]];
        if (masks !== undefined && kept !== undefined) h = addSkip(h, kept, masks, highPass);
      }
      return toRgb.apply(parameters, toRgbNorm.apply(parameters, h));
    });
  }

  return {
    specs,
    constants: highPass > 0 ? { 'hpf.filter': highPassFilter(highPass) } : {},
    init: (seed) => initializeParameters(specs, seed, 'generator'),
    apply: (parameters, image, style, masks) => tidy(() => decode(parameters, encode(parameters, image, masks), style, masks)),
    encode,
    decode,
  };
}

/** The style as constant maps beside the image's channels. [batch, S, S, 3], [batch, styleDim] → [batch, S, S, 3 + styleDim] */
function appendMaps(image: Tensor4D, style: Tensor): Tensor4D {
  const [batch, height, width] = image.shape;
  const values = reshape(style, [batch, 1, 1, style.shape[1]!]);
  return concat([image, mul<Tensor4D>(ones([batch, height, width, 1]), values)], 3);
}
