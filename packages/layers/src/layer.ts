import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Parameters } from '@stargan/ops';
import type { ParameterSpec } from './parameter-spec.js';

/** A layer: the parameters it reads and a pure function of them. `Rest` are its inputs besides the feature map. */
export interface Layer<Rest extends Tensor[] = [], Output extends Tensor = Tensor4D> {
  /** In the order of the reference's state dictionary. */
  readonly specs: readonly ParameterSpec[];
  /**
   * The layer's function; the caller owns the result.
   *
   * @param parameters holds at least the tensors of `specs`
   * @param x the first input, of the shape that the layer names
   * @param rest further inputs, such as a style, in the order that the layer names
   */
  apply(parameters: Parameters, x: Tensor, ...rest: Rest): Output;
}
