import type { Tensor } from '@tensorflow/tfjs-core';
import { discriminator, type Discriminator } from '@stargan/discriminator';
import { generator, type Generator } from '@stargan/generator';
import type { Checkpointing, ConvolutionVariant } from '@stargan/layers';
import { mappingNetwork, type MappingNetwork } from '@stargan/mapping-network';
import { styleEncoder, type StyleEncoder } from '@stargan/style-encoder';

/** What settles the shapes of the four networks. */
export interface ModelConfig {
  imageSize: number;
  styleDim: number;
  latentDim: number;
  hiddenDim: number;
  widthBudget: number;
  maxWidth: number;
  highPass: number;
  variant?: ConvolutionVariant;
  checkpointing?: Checkpointing;
}

/** The four networks of StarGAN v2. */
export interface Networks {
  readonly generator: Generator;
  readonly mappingNetwork: MappingNetwork;
  readonly styleEncoder: StyleEncoder;
  readonly discriminator: Discriminator;
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

/** Builds the four networks for this many domains. @throws when the config is out of range */
export function buildNetworks(config: ModelConfig, domains: number): Networks {
  const { imageSize, styleDim, latentDim, hiddenDim, widthBudget, maxWidth, highPass, variant, checkpointing } = config;
  const trunk = { imageSize, widthBudget, maxWidth, variant, checkpointing };
  return {
    generator: generator({ ...trunk, styleDim, highPass }),
    mappingNetwork: mappingNetwork({ domains, latentDim, styleDim, hiddenDim }),
    styleEncoder: styleEncoder({ ...trunk, domains, styleDim }),
    discriminator: discriminator({ ...trunk, domains }),
  };
}
