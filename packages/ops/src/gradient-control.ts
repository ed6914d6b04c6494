import { clone, engine, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * Runs `f` without recording it: its result is a constant to every gradient, and nothing of it is kept for a
 * backward pass. Works inside and outside of a gradient computation; gradients taken within `f` work too.
 *
 * @returns a tensor of its own, even where `f` returns one that exists already; intermediates are disposed
 */
export function withoutGradients<T extends Tensor>(f: () => T): T {
  const { state } = engine();
  const { gradientDepth, activeTape } = state;
  state.gradientDepth = 0;
  state.activeTape = [];
  try {
    return tidy(() => clone(f()));
  } finally {
    state.gradientDepth = gradientDepth;
    state.activeTape = activeTape;
  }
}

/** The same values as a constant: no gradient flows to `x`. Shares `x`'s memory. */
export function stopGradient<T extends Tensor>(x: T): T {
  return withoutGradients(() => x);
}
