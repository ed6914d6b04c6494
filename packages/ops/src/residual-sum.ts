import { add, mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOperation, type Operation } from './operation.js';
import { requireShape } from './shapes.js';

const scaledSum: Operation<{ a: Tensor; b: Tensor }, { scale: number }> = defineOperation({
  name: 'ResidualSum',
  forward: ({ a, b }, { scale }) => (scale === 1 ? add(a, b) : mul(add(a, b), scale)),
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
 * @throws when the shapes differ
 */
export function residualSum<T extends Tensor>(a: T, b: T, scale = 1): T {
  requireShape('residualSum', 'b', b, a.shape);
  return scaledSum({ a, b }, { scale }) as T;
}
