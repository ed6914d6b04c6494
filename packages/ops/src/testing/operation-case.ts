import type { Tensor } from '@tensorflow/tfjs-core';
import type { NdArray } from './nd-array.js';

/** An operation at one point: what goes in, how to run it, and what must come out. */
export interface OperationCase {
  /** The exported name. */
  operation: string;
  /** What is special about this case. */
  name: string;
  /** Small, and away from points where the operation has no derivative. */
  inputs: readonly NdArray[];
  run: (...inputs: Tensor[]) => Tensor;
  reference: (...inputs: NdArray[]) => NdArray;
}
