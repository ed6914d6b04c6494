import { sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { adaptiveInstanceNormalization, selectRows, type Parameters } from '@stargan/ops';
import { requireDomains } from './network-arguments.js';
import { join, parameter, type ParameterSpec } from './parameter-spec.js';

/** A layer whose parameters are chosen by each sample's domain. */
export interface PerDomainLayer {
  /** The parameters it reads, all domains together. */
  readonly specs: readonly ParameterSpec[];
  /**
   * The layer's function, for a batch whose samples may be of different domains.
   *
   * @param domain one whole number from 0 to domains − 1 per sample
   */
  apply(parameters: Parameters, x: Tensor, domain: readonly number[]): Tensor4D;
}

/**
 * Conditional instance normalisation: instance norm with a scale and a shift of each sample's own domain, epsilon 1e-5.
 * With `slope`, a leaky ReLU follows in the same operation.
 * x [batch, height, width, channels] → same shape.
 *
 * Source: Dumoulin, Shlens, Kudlur, arXiv 1610.07629.
 *
 * @param prefix of the parameter names `weight` and `bias`, both [domains, channels]
 * @param options `channels` of x; `domains`, how many there are; `slope` of the leaky ReLU below 0, default 1 (none)
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
      requireDomains('conditionalInstanceNorm', domain, x.shape[0], domains);
      return tidy(() => {
        const gamma = sub(selectRows(parameter(parameters, scale) as Tensor2D, domain), 1);
        return adaptiveInstanceNormalization(x, gamma, selectRows(parameter(parameters, shift) as Tensor2D, domain), { slope });
      });
    },
  };
}
