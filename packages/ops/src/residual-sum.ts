import { clone, mul, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineFusedOperation, gradientsAtOnce } from './fused/define-fused-operation.js';
import { biasedSumGradientsKernel, residualSumKernel } from './fused/residual-sum.js';
import { leadingAxes } from './linear.js';
import { requireShape } from './shapes.js';

const scaledSum = defineFusedOperation(residualSumKernel, {
  saved: [],
  gradients: (dy, _, { scale }) => {
    const scaled = summandGradient(dy, scale);
    return { a: scaled, b: () => clone(scaled()) };
  },
});

/**
 * The gradient that all summands of scale · Σ have in common. It is computed for the first of them, and for others again only where the
 * tape has disposed of it by then. It is one tensor: a second input whose gradient it is needs a clone.
 */
function summandGradient(dy: Tensor, scale: number): () => Tensor {
  let first: Tensor | undefined;
  return () => {
    if (scale === 1) return dy;
    if (first === undefined || first.isDisposed) first = mul(dy, scale);
    return first;
  };
}

/** Gradients of scale · (a + b + bias): what `a` and `b` have in common, and that with respect to the bias [channels]. */
export function biasedSumGradients(dy: Tensor, scale: number): Record<'summand' | 'bias', () => Tensor> {
  const summand = summandGradient(dy, scale);
  const each = { summand, bias: () => sum(summand(), leadingAxes(dy)) };
  const atOnce = scale === 1 ? undefined : gradientsAtOnce(biasedSumGradientsKernel, { dy }, { scale }, ['summand', 'bias']);
  return atOnce ?? each;
}

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
