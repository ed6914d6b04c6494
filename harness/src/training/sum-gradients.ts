import { add, mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

type Gradients = Readonly<Record<string, Tensor>>;

/**
 * The sum of gradients by parameter, for an objective whose terms were differentiated one after another.
 * Consumes both; a parameter that only one of them names keeps that one's tensor.
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

/** All gradients times a number. Consumes them. */
export function scaleGradients(gradients: Gradients, factor: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(gradients).map(([name, gradient]) => {
      const scaled = mul(gradient, factor);
      gradient.dispose();
      return [name, scaled];
    }),
  );
}
