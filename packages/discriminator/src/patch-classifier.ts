import { pad, reshape, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { addBias, conv2d, leakyRelu, type Parameters } from '@stargan/ops';
import {
  imageLevels,
  initializeParameters,
  LEAKY_SLOPE,
  levelWidths,
  parameter,
  requireImage,
  requirePositiveInteger,
  type Network,
  type ParameterSpec,
  type WidthOptions,
} from '@stargan/layers';

/** Options of {@link patchClassifier}. */
export interface PatchClassifierOptions extends WidthOptions {
  /** Height and width of the images: a power of two ≥ 16. */
  imageSize: number;
  /** Number of domains, ≥ 1. */
  domains: number;
}

/** A critic of patches that also says which domain an image is of. */
export interface PatchClassifier extends Network {
  /**
   * Both answers from one pass.
   *
   * @param parameters the network's weights by name: at least those of `specs`
   * @param image [batch, S, S, 3] in [-1, 1]
   * @returns the critic's value of every patch [batch, S', S', 1], and a logit for every domain [batch, domains]
   */
  apply(parameters: Parameters, image: Tensor): { patches: Tensor4D; classes: Tensor2D };
}

/** Convolutions at most: with all six every output sees 190 pixels of the image. */
const MOST_LEVELS = 6;

/**
 * The discriminator of the first StarGAN: a PatchGAN critic with an auxiliary classifier. 4×4 convolutions of stride 2
 * with leaky ReLU, no normalisation, down to at least 2×2; from there a 3×3 convolution gives the critic's values, and
 * one over everything the domains' logits. It is right to second order in the image, as WGAN-GP needs.
 *
 * Source: Choi et al. 2018, arXiv 1711.09020, table 5; parameters have the names of its PyTorch code. The slope is 0.2
 * instead of 0.01, as in the networks that it is compared with.
 *
 * @param options size of the images, number of domains, widths
 * @throws when imageSize is not a power of two ≥ 16 or another option is out of range
 */
export function patchClassifier({ imageSize, domains, ...widthOptions }: PatchClassifierOptions): PatchClassifier {
  requirePositiveInteger('patchClassifier', 'domains', domains);
  const levels = Math.min(imageLevels('patchClassifier', imageSize) - 1, MOST_LEVELS);
  const widths = levelWidths('patchClassifier', imageSize, levels, widthOptions).slice(0, levels);
  const channels = widths[levels - 1]!;
  const side = imageSize / 2 ** levels;
  const trunk = widths.map((width, i) => ({
    name: `main.${2 * i}`,
    filter: [4, 4, i === 0 ? 3 : widths[i - 1]!, width] as const,
    bias: width,
  }));
  const specs: ParameterSpec[] = [
    ...trunk.flatMap(({ name, filter, bias }): ParameterSpec[] => [
      { name: `${name}.weight`, kind: 'convolution', shape: [...filter] },
      { name: `${name}.bias`, kind: 'bias', shape: [bias] },
    ]),
    { name: 'conv1.weight', kind: 'convolution', shape: [3, 3, channels, 1] },
    { name: 'conv2.weight', kind: 'convolution', shape: [side, side, channels, domains] },
  ];
  return {
    specs,
    init: (seed) => initializeParameters(specs, seed, 'discriminator'),
    apply(parameters, image) {
      requireImage('patchClassifier', image.shape, imageSize);
      return tidy(() => {
        let h = image as Tensor4D;
        for (const { name } of trunk) {
          const padded = pad(h, [
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ]);
          h = conv2d(padded, parameter(parameters, `${name}.weight`), { stride: 2, padding: 'valid' }); // half the size
          h = leakyRelu(addBias(h, parameter(parameters, `${name}.bias`)), LEAKY_SLOPE);
        }
        const patches = conv2d(h, parameter(parameters, 'conv1.weight'));
        const logits = conv2d(h, parameter(parameters, 'conv2.weight'), { padding: 'valid' }); // [batch, 1, 1, domains]
        return { patches, classes: reshape(logits, [image.shape[0], domains]) };
      });
    },
  };
}
