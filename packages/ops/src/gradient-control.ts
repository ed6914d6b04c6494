import { clone, engine, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Runs `f` as if no gradient were being computed around it: nothing in it is recorded or kept for a backward pass, and
 * gradients taken within `f` end with their own backward pass. It serves parts of a step whose gradients are taken one after the
 * other: what one part keeps is freed before the next begins.
 *
 * @param f synchronous; called once, immediately
 * @returns the result of `f`; its tensors belong to the surrounding scope, and are constants to the gradients around it
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
 * Runs `f` without recording it: its result is a constant to every gradient, and nothing in it is kept for a
 * backward pass. It works inside and outside of a gradient computation, and gradients can be taken within `f`.
 *
 * @param f synchronous; called once, immediately
 * @returns a new tensor, even where `f` returns an existing one; intermediates are disposed
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
