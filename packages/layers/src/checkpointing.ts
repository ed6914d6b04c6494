import type { Tensor } from '@tensorflow/tfjs-core';
import { recompute, type NamedTensors } from '@stargan/ops';
import type { Layer } from './layer.js';
import { parameter } from './parameter-spec.js';

/**
 * What a network keeps for its backward pass.
 *
 * - `none`: everything; the least arithmetic
 * - `blocks`: the inputs of its residual blocks, which are computed again in the backward pass: the same gradients in less memory, at the
 *   cost of about one more forward pass
 */
export type Checkpointing = 'none' | 'blocks';

/**
 * The same layer; with `blocks` it keeps only its inputs for the backward pass.
 *
 * @param layer runs again in the backward pass, so its output must depend on nothing but its parameters and inputs
 * @param checkpointing `none`, the default, gives the layer back as it is
 */
export function checkpointed<Rest extends Tensor[], Output extends Tensor>(
  layer: Layer<Rest, Output>,
  checkpointing: Checkpointing = 'none',
): Layer<Rest, Output> {
  if (checkpointing === 'none') return layer;
  return {
    specs: layer.specs,
    apply: (parameters, x, ...rest) => {
      const own = layer.specs.map(({ name }): [string, Tensor] => [name, parameter(parameters, name)]);
      // Inputs are named by numbers, which are no parameter's name.
      const inputs: NamedTensors = Object.fromEntries([...own, ...[x, ...rest].map((tensor, i): [string, Tensor] => [`${i}`, tensor])]);
      const restNames = rest.map((_, i) => `${i + 1}`);
      return recompute((named) => layer.apply(named, named['0']!, ...(restNames.map((name) => named[name]!) as Rest)), inputs);
    },
  };
}
