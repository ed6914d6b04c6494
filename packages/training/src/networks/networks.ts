import type { Tensor } from '@tensorflow/tfjs-core';
import { generator, type Generator } from '@stargan/generator';
import type { Checkpointing, ConvolutionMethod } from '@stargan/layers';
import { conditionalMappingNetwork, mappingNetwork } from '@stargan/mapping-network';
import { conditionalStyleEncoder, styleEncoder, type StyleEncoderOptions } from '@stargan/style-encoder';
import type { TrainingConfig } from '../config/schema.js';
import { buildJudge, type Judge } from './judge.js';
import { labelCodes, latentCodesWithLabels, type StyleNetwork, type StyleNetworks } from './style-codes.js';

/** Which networks there are, each key of them the reference's when it is left out. */
export type Architecture = Pick<TrainingConfig, 'style' | 'injection' | 'mappingNetwork' | 'styleEncoder' | 'discriminator'>;

/** What settles the shapes of the four networks. */
export interface ModelConfig extends Partial<Architecture> {
  /** Height and width of the images: a power of two ≥ 16. */
  imageSize: number;
  /** Length of a style code. */
  styleDim: number;
  /** Length of a latent code. */
  latentDim: number;
  /** Width of the mapping network's hidden layers. */
  hiddenDim: number;
  /** First width of the convolutional networks × imageSize. */
  widthBudget: number;
  /** Cap of the widths that double per level. */
  maxWidth: number;
  /** Weight w_hpf of the high-pass skip; it divides the filter, 0 leaves the skip out. */
  highPass: number;
  /** How blocks convolve and resample; the same function in all. */
  variant?: ConvolutionMethod;
  /** What is kept for the backward pass; the same gradients either way. */
  checkpointing?: Checkpointing;
}

/** The four networks of StarGAN v2. */
export interface Networks {
  /** G(x, s). */
  readonly generator: Generator;
  /** F_y(z), or what takes its place where styles are not mapped. */
  readonly mappingNetwork: StyleNetwork;
  /** E_y(x), or what takes its place where styles are not mapped. */
  readonly styleEncoder: StyleNetwork;
  /** D_y(x), with a classifier of domains where it has one. */
  readonly discriminator: Judge;
}

/** Names of the four networks. */
export type NetworkName = keyof Networks;

/** Names of the four networks, in the order of the paper. */
export const NETWORK_NAMES = ['generator', 'mappingNetwork', 'styleEncoder', 'discriminator'] as const satisfies readonly NetworkName[];

/** Networks that make images; they are averaged for sampling. */
export const AVERAGED_NAMES = ['generator', 'mappingNetwork', 'styleEncoder'] as const satisfies readonly NetworkName[];

/** Names of the averaged networks. */
export type AveragedName = (typeof AVERAGED_NAMES)[number];

/** Weights of the networks named `Name`. */
export type WeightsOf<Name extends NetworkName = NetworkName> = Record<Name, Record<string, Tensor>>;

/** Names of those networks among `names` that have parameters to train. */
export function withParameters<Name extends NetworkName>(networks: Networks, names: readonly Name[]): Name[] {
  return names.filter((name) => networks[name].specs.length > 0);
}

/**
 * Builds the four networks for this many domains.
 *
 * @param config sizes, widths and which architecture; a whole `TrainingConfig` will do
 * @param domains how many there are, ≥ 1
 * @throws when the config is out of range
 */
export function buildNetworks(config: ModelConfig, domains: number): Networks {
  const { imageSize, widthBudget, maxWidth, highPass, injection, variant, checkpointing } = config;
  const trunk = { imageSize, widthBudget, maxWidth, convolution: variant, checkpointing };
  return {
    generator: generator({ ...trunk, styleDim: codeLength(config, domains), highPass, injection }),
    ...buildStyleNetworks(config, trunk, domains),
    discriminator: buildJudge(config.discriminator, { ...trunk, domains }),
  };
}

/** Length of what the generator gets as its style. */
function codeLength({ style = 'mapped', styleDim, latentDim }: ModelConfig, domains: number): number {
  return { mapped: styleDim, latent: latentDim + domains, label: domains }[style];
}

function buildStyleNetworks(config: ModelConfig, trunk: Omit<StyleEncoderOptions, 'domains'>, domains: number): StyleNetworks {
  const { style = 'mapped', styleDim, latentDim, hiddenDim } = config;
  switch (style) {
    case 'label':
      return labelCodes(domains);
    case 'latent':
      return latentCodesWithLabels(styleEncoder({ ...trunk, domains: 1, styleDim: latentDim }), domains);
    case 'mapped': {
      const buildMapping = config.mappingNetwork === 'conditional' ? conditionalMappingNetwork : mappingNetwork;
      const buildEncoder = config.styleEncoder === 'conditional' ? conditionalStyleEncoder : styleEncoder;
      return {
        mappingNetwork: buildMapping({ domains, latentDim, styleDim, hiddenDim }),
        styleEncoder: buildEncoder({ ...trunk, domains, styleDim }),
      };
    }
  }
}
