import type { Tensor } from '@tensorflow/tfjs-core';
import { generator, type Generator } from '@stargan/generator';
import type { ConvolutionMethod } from '@stargan/layers';
import { conditionalMappingNetwork, mappingNetwork } from '@stargan/mapping-network';
import { conditionalStyleEncoder, styleEncoder, type StyleEncoderOptions } from '@stargan/style-encoder';
import { buildDiscriminator, type DomainDiscriminator } from './build-discriminator.js';
import { architectureFields, type ArchitectureConfig, type SizeConfig } from './config-fields.js';
import { labelCodes, latentCodesWithLabels, type StyleNetwork, type StyleNetworks } from './style-codes.js';

/** What settles the four networks; of their architecture, what is left out is the reference's. */
export interface ModelConfig extends SizeConfig, Partial<Omit<ArchitectureConfig, 'convolution'>> {
  /** How blocks convolve and resample, by name or as steps of one's own; the same function in all. */
  convolution?: ConvolutionMethod;
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
  readonly discriminator: DomainDiscriminator;
}

/** Names of the four networks. */
export type NetworkName = keyof Networks;

/** Names of the four networks, in the order of the paper. */
export const NETWORK_NAMES = ['generator', 'mappingNetwork', 'styleEncoder', 'discriminator'] as const satisfies readonly NetworkName[];

/** Networks that make images: of their weights moving averages are kept, for sampling. */
export const EMA_NETWORKS = ['generator', 'mappingNetwork', 'styleEncoder'] as const satisfies readonly NetworkName[];

/** Names of the networks of {@link EMA_NETWORKS}. */
export type EmaNetwork = (typeof EMA_NETWORKS)[number];

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
  const { imageSize, widthBudget, maxWidth, highPass, injection, discriminator } = config;
  const { convolution, gradientCheckpointing } = config;
  const trunk: TrunkOptions = { imageSize, widthBudget, maxWidth, convolution, checkpointing: gradientCheckpointing };
  return {
    generator: generator({ ...trunk, styleDim: codeLength(config, domains), highPass, injection }),
    ...buildStyleNetworks(config, trunk, domains),
    discriminator: buildDiscriminator(discriminator ?? architectureFields.discriminator.default, { ...trunk, domains }),
  };
}

/** What the three convolutional networks share. */
type TrunkOptions = Omit<StyleEncoderOptions, 'domains' | 'styleDim'>;

/** Length of what the generator gets as its style. */
function codeLength({ conditioning = architectureFields.conditioning.default, styleDim, latentDim }: ModelConfig, domains: number): number {
  return { style: styleDim, latent: latentDim + domains, label: domains }[conditioning];
}

function buildStyleNetworks(config: ModelConfig, trunk: TrunkOptions, domains: number): StyleNetworks {
  const { conditioning = architectureFields.conditioning.default, styleDim, latentDim, hiddenDim } = config;
  switch (conditioning) {
    case 'label':
      return labelCodes(domains);
    case 'latent':
      return latentCodesWithLabels(styleEncoder({ ...trunk, domains: 1, styleDim: latentDim }), domains);
    case 'style': {
      const buildMapping = config.mappingNetwork === 'conditional' ? conditionalMappingNetwork : mappingNetwork;
      const buildEncoder = config.styleEncoder === 'conditional' ? conditionalStyleEncoder : styleEncoder;
      return {
        mappingNetwork: buildMapping({ domains, latentDim, styleDim, hiddenDim }),
        styleEncoder: buildEncoder({ ...trunk, domains, styleDim }),
      };
    }
  }
}
