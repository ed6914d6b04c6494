import { mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineFusedOperation } from './fused/define-fused-operation.js';
import { residualSumKernel } from './fused/residual-sum.js';
import { requireShape } from './shapes.js';

const scaledSum = defineFusedOperation(residualSumKernel, {
  saved: [],
  gradients: (dy, _, { scale }) => {
    const gradient = (): Tensor => (scale === 1 ? dy : mul(dy, scale));
    return { a: gradient, b: gradient };
  },
});

/**
 * scale · (a + b), for joining a residual branch with its shortcut. Keeps nothing for the backward pass,
 * where `tf.add` would keep both inputs.
 *
 * @param a float32, any shape
 * @param b same shape as `a`
 * @param scale of the sum; 1/√2 keeps the variance of independent summands
 * @throws when the shapes differ
 */
export function residualSum<T extends Tensor>(a: T, b: T, scale = 1): T {
  requireShape('residualSum', 'b', b, a.shape);
  return scaledSum({ a, b }, { scale }) as T;
}
