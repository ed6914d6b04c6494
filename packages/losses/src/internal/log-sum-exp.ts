import { add, log, max, squeeze, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { exponential } from './exponential.js';
import { stopGradient } from './stop-gradient.js';

/** log Σ eˣ over the last axis, `[..., n]` → `[...]`, without overflow and right to second order. */
export function logSumExp(x: Tensor): Tensor {
  // The result does not depend on what is subtracted, so the gradient need not flow through it.
  const largest = stopGradient(max(x, -1, true));
  return add(log(sum(exponential(sub(x, largest)), -1)), squeeze(largest, [-1]));
}
