import { relu, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Parameters } from '@stargan/ops';
import {
  applyPerDomain,
  initializeParameters,
  requireDomainLabels,
  requirePositiveInteger,
  type DomainLabels,
  type Network,
} from '@stargan/layers';
import { perceptron } from './perceptron.js';

/** Options of {@link mappingNetwork}. */
export interface MappingNetworkOptions {
  /** Number of domains, ≥ 1. */
  domains: number;
  /** Length of a latent code. */
  latentDim?: number | undefined;
  /** Length of a style code. */
  styleDim?: number | undefined;
  /** Width of the hidden layers. */
  hiddenDim?: number | undefined;
}

/** The StarGAN v2 mapping network F_y(z). */
export interface MappingNetwork extends Network {
  /**
   * Styles from latent codes.
   *
   * @param parameters the network's weights by name: at least those of `specs`
   * @param latent [batch, latentDim], drawn from N(0, I)
   * @param domain of each sample, 0 … domains − 1, as an array or a tensor `[batch]` or `[batch, 1]`, which is not read; or a tensor
   * `[batch, domains]` of weights, one-hot or soft
   * @returns [batch, styleDim]
   */
  apply(parameters: Parameters, latent: Tensor, domain: DomainLabels): Tensor2D;
}

/** Fails unless `latent` is [batch, latentDim] with a domain for each row. */
export function requireLatent(
  network: string,
  latent: Tensor,
  domain: DomainLabels,
  { latentDim, domains }: { latentDim: number; domains: number },
): void {
  if (latent.rank !== 2 || latent.shape[1] !== latentDim) {
    throw new Error(`${network}: latent must be [batch, ${latentDim}], got [${latent.shape.join(', ')}]`);
  }
  requireDomainLabels(network, domain, latent.shape[0], domains);
}

/**
 * The mapping network of StarGAN v2: 4 shared linear layers with ReLU, then per domain 3 linear layers with
 * ReLU and a linear one. Only the branch of a sample's own domain is computed, unless the domains are in a tensor.
 *
 * @param options number of domains; lengths of latent codes, styles and hidden layers
 * @throws when an option is out of range
 */
export function mappingNetwork({ domains, latentDim = 16, styleDim = 64, hiddenDim = 512 }: MappingNetworkOptions): MappingNetwork {
  for (const [name, value] of Object.entries({ domains, latentDim, styleDim, hiddenDim }))
    requirePositiveInteger('mappingNetwork', name, value);
  const shared = perceptron('shared', [latentDim, hiddenDim, hiddenDim, hiddenDim, hiddenDim]);
  const branches = Array.from({ length: domains }, (_, domain) =>
    perceptron(`unshared.${domain}`, [hiddenDim, hiddenDim, hiddenDim, hiddenDim, styleDim]),
  );
  const specs = [...shared, ...branches.flat()].flatMap((layer) => layer.specs);
  const heads = branches.map(
    (layers) => (parameters: Parameters, x: Tensor2D) => layers.reduce((h, layer, i) => layer.apply(parameters, i === 0 ? h : relu(h)), x),
  );
  return {
    specs,
    init: (seed) => initializeParameters(specs, seed, 'mapping-network'),
    apply(parameters, latent, domain) {
      requireLatent('mappingNetwork', latent, domain, { latentDim, domains });
      return tidy(() => {
        const h = shared.reduce((x, layer) => relu(layer.apply(parameters, x)), latent as Tensor2D);
        return applyPerDomain(heads, parameters, h, domain);
      });
    },
  };
}
