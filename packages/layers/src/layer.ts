import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { InputActivation, Parameters } from '@stargan/ops';
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
  /**
   * The same function as what a convolution does to its input first, where it is one that `activate` of `@stargan/ops` computes: a
   * convolution that follows may then do it on the way. The caller owns tensors in it that are made for it.
   *
   * @param parameters holds at least the tensors of `specs`
   * @param rest further inputs, as for `apply`
   */
  activation?(parameters: Parameters, ...rest: Rest): InputActivation;
}

/** An input, and what is left to be done to it first. */
export interface Activated {
  readonly x: Tensor;
  readonly activation?: InputActivation | undefined;
}

/** What a layer makes of x: left to do where the layer can say it, and else done. */
export function activatedBy<Rest extends Tensor[]>(layer: Layer<Rest>, parameters: Parameters, x: Tensor, ...rest: Rest): Activated {
  if (layer.activation === undefined) return { x: layer.apply(parameters, x, ...rest) };
  return { x, activation: layer.activation(parameters, ...rest) };
}
