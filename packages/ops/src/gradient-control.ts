import { clone, engine, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Runs `f` as if no gradient were being computed around it: nothing of it is recorded or kept for a backward pass, and
 * gradients taken within `f` end with their own backward pass. For parts whose gradients are wanted at once, so that
 * what they keep is free before the next part begins.
 *
 * @param f synchronous; called once, at once
 * @returns what `f` returns; its tensors belong to the surrounding scope, and are constants to the gradients around it
 */
export function unrecorded<T>(f: () => T): T {
  const { state } = engine();
  const { gradientDepth, activeTape } = state;
  state.gradientDepth = 0;
  state.activeTape = [];
  try {
    return f();
  } finally {
    state.gradientDepth = gradientDepth;
    state.activeTape = activeTape;
  }
}

/**
 * Runs `f` without recording it: its result is a constant to every gradient, and nothing of it is kept for a
 * backward pass. Works inside and outside of a gradient computation; gradients taken within `f` work too.
 *
 * @param f synchronous; called once, at once
 * @returns a tensor of its own, even where `f` returns one that exists already; intermediates are disposed
 */
export function withoutGradients<T extends Tensor>(f: () => T): T {
  return unrecorded(() => tidy(() => clone(f())));
}

/**
 * The same values as a constant: no gradient flows to `x`. Shares `x`'s memory.
 *
 * @param x a tensor of any shape, which remains the caller's
 */
export function stopGradient<T extends Tensor>(x: T): T {
  return withoutGradients(() => x);
}
