import type { Tensor } from '@tensorflow/tfjs-core';
import type { ParameterSpec } from './parameter-spec.js';

/** What every network has in addition to its own `apply`. */
export interface Network {
  /** Parameters in the order of the reference's state dictionary. */
  readonly specs: readonly ParameterSpec[];
  /**
   * Initial parameters, a pure function of the seed; the caller owns them.
   *
   * @param seed whole number ≥ 0
   */
  init(seed: number): Record<string, Tensor>;
}
