import { add } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

type Gradients = Readonly<Record<string, Tensor>>;

/**
 * The sum of gradients, or of other tensors, by name: for an objective whose terms were differentiated one after another.
 * Consumes both; a name that only one of them names keeps that one's tensor.
 */
export function sumGradients(a: Gradients, b: Gradients): Record<string, Tensor> {
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
