import { mul, slice } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { ValueAndGradients } from '@stargan/ops';
import { disposeAll } from '../networks/weights.js';
import type { Batch } from './batch.js';
import { sumGradients } from './sum-gradients.js';

/**
 * Cuts a batch into equal parts, in order. The caller owns them, and still the batch.
 *
 * @throws unless `parts` divides the batch
 */
export function splitBatch(batch: Batch, parts: number): Batch[] {
  const total = batch.domain.length;
  const size = total / parts;
  if (!Number.isInteger(size) || size < 1) throw new Error(`splitBatch: parts must divide the batch of ${total} images, got ${parts}`);
  return Array.from({ length: parts }, (_, i) => {
    const rows = (tensor: Tensor): Tensor => slice(tensor, i * size, size);
    const those = (domains: readonly number[]): number[] => domains.slice(i * size, (i + 1) * size);
    return {
      image: rows(batch.image),
      domain: those(batch.domain),
      reference: rows(batch.reference),
      reference2: rows(batch.reference2),
      targetDomain: those(batch.targetDomain),
      latent: rows(batch.latent),
      latent2: rows(batch.latent2),
      ...(batch.position && { position: rows(batch.position) }),
    };
  });
}

/**
 * Value, terms and gradients of an objective over several equal parts of a batch, one after another. All terms are
 * means over samples, so their means over the parts are those of the whole batch.
 *
 * @param step of one part; the caller owns the result
 */
export function overParts<Part>(parts: readonly Part[], step: (part: Part) => ValueAndGradients): ValueAndGradients {
  const [first, ...others] = parts;
  if (first === undefined) throw new Error('overParts: parts must hold at least one, got none');
  let total = step(first);
  if (others.length === 0) return total;
  for (const part of others) {
    const { value, auxiliary, gradients } = step(part);
    const { total: sum, ...terms } = sumGradients({ ...total.auxiliary, total: total.value }, { ...auxiliary, total: value });
    total = { value: sum as Scalar, auxiliary: terms, gradients: sumGradients(total.gradients, gradients) };
  }
  const mean = <Tensors extends Record<string, Tensor>>(sums: Tensors): Tensors => {
    const means = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, mul(sum, 1 / parts.length)])) as Tensors;
    disposeAll(sums);
    return means;
  };
  return { ...mean({ value: total.value }), auxiliary: mean(total.auxiliary), gradients: mean(total.gradients) };
}
