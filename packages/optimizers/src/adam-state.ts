import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import {
  flatten,
  layoutOf,
  requireNames,
  requireMatchingShape,
  tensorOf,
  unflatten,
  type Layout,
  type Parameters,
  type Updated,
} from './parameters.js';

/** Moments of all parameters as two vectors; plain data whose tensors the caller owns. */
export type AdamState = {
  /** Steps taken. */
  readonly step: number;
  /** Which stretch of the vectors belongs to which name. */
  readonly layout: Layout;
  /** Running mean of the gradients, `[total]`. */
  readonly first: Tensor1D;
  /** Running mean of the squared gradients, `[total]`. */
  readonly second: Tensor1D;
};

/** Moments by parameter name, each of its parameter's shape: what a checkpoint holds. */
export type NamedAdamState<P extends Parameters = Parameters> = {
  /** Steps taken. */
  readonly step: number;
  /** Running mean of the gradients. */
  readonly first: P;
  /** Running mean of the squared gradients. */
  readonly second: P;
};

/**
 * The state with its moments split by name. The round trip with {@link adamStateFromTensors} is exact.
 *
 * @param state as an optimiser's `init` or `update` gives it; its tensors remain the caller's.
 * @param parameters tensors of the state's names, for their shapes.
 * @returns new tensors, which the caller owns.
 * @throws when the names differ from the state's.
 */
export function adamStateToTensors<P extends Parameters>(state: AdamState, parameters: P): NamedAdamState<Updated<P>> {
  requireNames('adamStateToTensors', 'parameters', parameters, state.layout.names);
  return tidy(() => ({
    step: state.step,
    first: unflatten('adamStateToTensors', state.first, state.layout, parameters),
    second: unflatten('adamStateToTensors', state.second, state.layout, parameters),
  }));
}

/**
 * State from moments by name, in any order.
 *
 * @param state number of steps, and both moments of each parameter; its tensors remain the caller's.
 * @param parameters the parameters the state is for: names and shapes must fit.
 * @returns new tensors, which the caller owns.
 * @throws when a name is missing or unexpected, a shape is not its parameter's, or `step` is not an integer ≥ 0.
 */
export function adamStateFromTensors({ step, first, second }: NamedAdamState, parameters: Parameters): AdamState {
  const caller = 'adamStateFromTensors';
  if (!Number.isSafeInteger(step) || step < 0) throw new Error(`${caller}: step must be an integer ≥ 0, got ${String(step)}`);
  const layout = layoutOf(caller, parameters);
  for (const [argument, moments] of [
    ['first', first],
    ['second', second],
  ] as const) {
    requireNames(caller, argument, moments, layout.names);
    for (const name of layout.names) {
      requireMatchingShape(caller, name, tensorOf(caller, parameters, name), argument, tensorOf(caller, moments, name));
    }
  }
  const flat = (moments: Parameters): Tensor1D => tidy(() => flatten(caller, moments, layout));
  return { step, layout, first: flat(first), second: flat(second) };
}
