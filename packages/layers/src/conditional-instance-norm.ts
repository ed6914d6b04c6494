import { sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { adaptiveInstanceNormalization, type Parameters } from '@stargan/ops';
import type { DomainLabels } from './domain-weights.js';
import { requireDomainLabels } from './network-arguments.js';
import { join, parameter, type ParameterSpec } from './parameter-spec.js';
import { rowsOfDomains } from './per-domain.js';

/** A layer whose parameters are chosen by each sample's domain. */
export interface PerDomainLayer {
  /** The parameters it reads, all domains together. */
  readonly specs: readonly ParameterSpec[];
  /**
   * The layer's function, for a batch whose samples may be of different domains.
   *
   * @param parameters the layer's weights by name: at least those of `specs`
   * @param x [batch, height, width, channels]
   * @param domain one whole number from 0 to domains − 1 per sample, as an array or a tensor `[batch]` or `[batch, 1]`; or a
   * tensor `[batch, domains]` of weights, which mixes the domains' scales and shifts
   */
  apply(parameters: Parameters, x: Tensor, domain: DomainLabels): Tensor4D;
}

/**
 * Conditional instance normalisation: instance norm with a scale and a shift of each sample's own domain, epsilon 1e-5.
 * With `slope`, a leaky ReLU follows in the same operation.
 * x [batch, height, width, channels] → same shape.
 *
 * Source: Dumoulin, Shlens, Kudlur, arXiv 1610.07629.
 *
 * @param prefix of the parameter names `weight` and `bias`, both [domains, channels]
 * @param options `channels` of x; `domains`, the number of domains; `slope` of the leaky ReLU below 0, default 1 (no activation)
 */
export function conditionalInstanceNorm(
  prefix: string,
  { channels, domains, slope = 1 }: { channels: number; domains: number; slope?: number | undefined },
): PerDomainLayer {
  const scale = join(prefix, 'weight');
  const shift = join(prefix, 'bias');
  return {
    specs: [
      { name: scale, kind: 'scale', shape: [domains, channels] },
      { name: shift, kind: 'bias', shape: [domains, channels] },
    ],
    apply: (parameters, x, domain) => {
      const batch = x.shape[0];
      requireDomainLabels('conditionalInstanceNorm', domain, batch, domains);
      return tidy(() => {
        const ofSamples = (name: string): Tensor2D => rowsOfDomains(parameter(parameters, name) as Tensor2D, domain, batch);
        return adaptiveInstanceNormalization(x, sub(ofSamples(scale), 1), ofSamples(shift), { slope });
      });
    },
  };
}
