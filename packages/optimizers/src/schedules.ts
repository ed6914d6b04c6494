function requireCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`linearDecay: ${name} must be an integer ≥ ${String(least)}, got ${String(value)}`);
  }
}

/**
 * A value that falls linearly from `initial` at iteration 0 to 0 at iteration `iterations`, and stays there: λ_ds
 * of StarGAN v2. A function of the iteration alone, so a resumed run needs no state, and nothing accumulates:
 * it never rises, and is exactly `initial` at 0 and exactly 0 from the end on.
 *
 * @param initial any finite number.
 * @param iterations how many iterations the fall takes, an integer ≥ 1.
 * @param iteration the current one, an integer ≥ 0.
 * @throws when an argument is out of range.
 */
export function linearDecay(initial: number, iterations: number, iteration: number): number {
  if (!Number.isFinite(initial)) throw new Error(`linearDecay: initial must be a finite number, got ${String(initial)}`);
  requireCount('iterations', iterations, 1);
  requireCount('iteration', iteration, 0);
  return iteration >= iterations ? 0 : initial * ((iterations - iteration) / iterations);
}
