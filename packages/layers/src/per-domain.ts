import { concat, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { selectRows, type Parameters } from '@stargan/ops';

/** A head of one domain: [samples, in] → [samples, out]. */
export type Head = (parameters: Parameters, x: Tensor2D) => Tensor2D;

/**
 * Sends every sample through the head of its own domain, and through no other.
 *
 * @param heads one per domain
 * @param parameters given as they are to every head that has samples
 * @param x [batch, in]
 * @param domain of each sample, 0 … heads.length − 1
 * @returns [batch, out], in the order of `x`
 */
export function applyPerDomain(heads: readonly Head[], parameters: Parameters, x: Tensor2D, domain: readonly number[]): Tensor2D {
  const present = [...new Set(domain)].sort((a, b) => a - b);
  if (present.length === 1) return heads[present[0]!]!(parameters, x);
  const rowsOf = present.map((d) => domain.flatMap((sampleDomain, i) => (sampleDomain === d ? [i] : [])));
  const order = rowsOf.flat();
  const backToPlace = domain.map((_, i) => order.indexOf(i));
  return tidy(() => {
    const outputs = present.map((d, i) => heads[d]!(parameters, selectRows(x, rowsOf[i]!)));
    return selectRows(concat(outputs, 0), backToPlace);
  });
}
