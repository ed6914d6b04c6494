import { add, mean, mul, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Parameters } from '@stargan/ops';
import type { StyleNetwork } from '../networks/style-codes.js';

/**
 * Mean style of a domain over many latent codes.
 *
 * @param mappingNetwork gives the styles that are averaged
 * @param parameters the mapping network's weights by name
 * @param latent [count, latentDim]
 * @param domain label of the domain, 0 … domains − 1
 * @returns [1, styleDim]; the caller owns it
 */
export function averageStyle(mappingNetwork: StyleNetwork, parameters: Parameters, latent: Tensor, domain: number): Tensor2D {
  return tidy(() => {
    const styles = mappingNetwork.apply(
      parameters,
      latent,
      Array.from({ length: latent.shape[0] }, () => domain),
    );
    return mean(styles, 0, true);
  });
}

/**
 * Truncation: styles drawn towards the mean, average + ψ · (style − average).
 *
 * @param style [batch, styleDim]
 * @param average [1, styleDim]
 * @param psi 1 leaves the styles alone, 0 gives the average
 */
export function truncateStyle(style: Tensor, average: Tensor, psi: number): Tensor2D {
  return tidy(() => add(average, mul(sub(style, average), psi)));
}
