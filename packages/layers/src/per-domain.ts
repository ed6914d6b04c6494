import { addN, concat, matMul, mul, reshape, slice, sum, tidy } from '@tensorflow/tfjs-core';
import type { Rank, Tensor2D } from '@tensorflow/tfjs-core';
import { selectRows, type Parameters } from '@stargan/ops';
import { domainWeights, isTensor, type DomainLabels } from './domain-weights.js';
import { requireDomainLabels } from './network-arguments.js';

/** A head of one domain: [samples, in] → [samples, out]. */
export type Head = (parameters: Parameters, x: Tensor2D) => Tensor2D;

/**
 * Sends every sample through the head of its own domain, and through no other. Domains in a tensor are not read
 * back: then all samples go through all heads, and the outputs of each sample's own head are kept.
 *
 * @param heads one per domain
 * @param parameters passed to every head that has samples
 * @param x [batch, in]
 * @param domain of each sample, 0 … heads.length − 1, as an array or a tensor `[batch]` or `[batch, 1]`; or a tensor
 * `[batch, heads.length]` of weights, which mixes the heads' outputs
 * @returns [batch, out], in the order of `x`
 * @throws when the domains do not fit
 */
export function applyPerDomain(heads: readonly Head[], parameters: Parameters, x: Tensor2D, domain: DomainLabels): Tensor2D {
  const [batch] = x.shape;
  if (isTensor(domain)) {
    return tidy(() => {
      const weights = domainWeights('applyPerDomain', domain, batch, heads.length);
      return addN(heads.map((head, d) => mul<Tensor2D>(head(parameters, x), slice(weights, [0, d], [batch, 1]))));
    });
  }
  requireDomainLabels('applyPerDomain', domain, batch, heads.length);
  const list = Array.from(domain);
  const present = [...new Set(list)].sort((a, b) => a - b);
  if (present.length === 1) return heads[present[0]!]!(parameters, x);
  const rowsOf = present.map((d) => list.flatMap((sampleDomain, i) => (sampleDomain === d ? [i] : [])));
  const order = rowsOf.flat();
  const backToPlace = list.map((_, i) => order.indexOf(i));
  return tidy(() => {
    const outputs = present.map((d, i) => heads[d]!(parameters, selectRows(x, rowsOf[i]!)));
    return selectRows(concat(outputs, 0), backToPlace);
  });
}

/**
 * Each sample's row of a table that has one per domain, such as an embedding.
 *
 * @param table [domains, values]
 * @param domain of each sample, as an array or a tensor `[batch]` or `[batch, 1]`; or a tensor `[batch, domains]` of weights,
 * which mixes the rows
 * @param batch number of samples
 * @returns [batch, values]
 * @throws when the domains do not fit
 */
export function rowsOfDomains(table: Tensor2D, domain: DomainLabels, batch: number): Tensor2D {
  const domains = table.shape[0];
  if (isTensor(domain)) return tidy(() => matMul(domainWeights('rowsOfDomains', domain, batch, domains), table));
  requireDomainLabels('rowsOfDomains', domain, batch, domains);
  return selectRows(table, Array.from(domain));
}

/**
 * The value of each sample's own domain, from values of all domains.
 *
 * @param values [batch, domains]
 * @param domain of each sample, as an array or a tensor `[batch]` or `[batch, 1]`; or a tensor `[batch, domains]` of weights,
 * which mixes the values
 * @returns [batch, 1]
 * @throws when the domains do not fit
 */
export function valuesOfDomains(values: Tensor2D, domain: DomainLabels): Tensor2D {
  const [batch, domains] = values.shape;
  if (isTensor(domain)) return tidy(() => sum<Tensor2D>(mul(values, domainWeights('valuesOfDomains', domain, batch, domains)), 1, true));
  requireDomainLabels('valuesOfDomains', domain, batch, domains);
  return tidy(() =>
    selectRows(
      reshape<Rank.R2>(values, [batch * domains, 1]),
      Array.from(domain, (d, i) => i * domains + d),
    ),
  );
}
