import { add, mul } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { ValueAndGradients } from '@stargan/ops';
import { disposeAll } from '../networks/weights.js';

/**
 * The sum of gradients, or of other tensors, by name: for an objective whose terms were differentiated one after another.
 * Consumes both; a name that only one of them names keeps that one's tensor.
 */
export function sumGradients(a: Readonly<Record<string, Tensor>>, b: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const sum: Record<string, Tensor> = { ...a };
  for (const [name, gradient] of Object.entries(b)) {
    const other = sum[name];
    if (other === undefined) {
      sum[name] = gradient;
      continue;
    }
    sum[name] = add(other, gradient);
    other.dispose();
    gradient.dispose();
  }
  return sum;
}

/**
 * Value, terms and gradients of an objective over several equal parts of a batch, one after another. All terms are
 * means over samples, so their means over the parts are those of the whole batch.
 *
 * @param parts of equal size, at least one, as `splitBatch` gives them
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
