import { concat, relu, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { initializeParameters, parameter, requirePositiveInteger, rowsOfDomains, type ParameterSpec } from '@stargan/layers';
import { requireLatent, type MappingNetwork, type MappingNetworkOptions } from './mapping-network.js';
import { perceptron } from './perceptron.js';

/** Options of {@link conditionalMappingNetwork}. */
export interface ConditionalMappingNetworkOptions extends MappingNetworkOptions {
  /** Length of a domain's embedding; that of a latent code by default. */
  embeddingDim?: number | undefined;
}

/**
 * A mapping network F(z, y) that takes the domain as an input instead of having a branch for each: the latent code
 * beside a learnt embedding of the domain, then 8 linear layers with ReLU between them, as many as a latent code passes
 * in the branched network. Its size hardly grows with the number of domains, and domains share what they have in common.
 *
 * @param options number of domains; lengths of latent codes, embeddings, styles and hidden layers
 * @throws when an option is out of range
 */
export function conditionalMappingNetwork({
  domains,
  latentDim = 16,
  styleDim = 64,
  hiddenDim = 512,
  embeddingDim = latentDim,
}: ConditionalMappingNetworkOptions): MappingNetwork {
  for (const [name, value] of Object.entries({ domains, latentDim, styleDim, hiddenDim, embeddingDim }))
    requirePositiveInteger('conditionalMappingNetwork', name, value);
  // A linear layer of the one-hot domain, so it is initialised as one.
  const embedding: ParameterSpec = { name: 'embedding.weight', kind: 'linear', shape: [domains, embeddingDim] };
  const hidden = Array.from({ length: 7 }, () => hiddenDim);
  const trunk = perceptron('trunk', [latentDim + embeddingDim, ...hidden, styleDim]);
  const specs = [embedding, ...trunk.flatMap((layer) => layer.specs)];
  return {
    specs,
    init: (seed) => initializeParameters(specs, seed, 'mapping-network'),
    apply(parameters, latent, domain) {
      requireLatent('conditionalMappingNetwork', latent, domain, { latentDim, domains });
      return tidy(() => {
        const embedded = rowsOfDomains(parameter(parameters, embedding.name) as Tensor2D, domain, latent.shape[0]);
        const input = concat([latent as Tensor2D, embedded], 1); // [batch, latentDim + embeddingDim]
        return trunk.reduce((h, layer, i) => layer.apply(parameters, i === 0 ? h : relu(h)), input);
      });
    },
  };
}
