import { customGrad, tidy, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiate, isRecordingOnce, needsGradient } from './differentiate.js';
import { withoutGradients } from './gradient-control.js';
import type { NamedTensors } from './operation.js';

/**
 * `f(inputs)`, keeping only the inputs for the backward pass: everything in between is computed again when it is needed. The value and
 * the gradients are the same; it takes the arithmetic of one more forward pass, and a fraction of the memory.
 *
 * It does so inside `valueAndGradients`. Where a gradient will itself be differentiated, such as that of R1, and where nothing is
 * recorded, it is plain `f(inputs)`.
 *
 * Source: Chen, Xu, Zhang, Guestrin, arXiv 1604.06174.
 *
 * @param f a pure function of its argument: it must not read other tensors whose gradient is wanted
 * @param inputs tensors by name, all that `f` needs; kept until the backward pass
 */
export function recompute<Inputs extends NamedTensors, Output extends Tensor>(f: (inputs: Inputs) => Output, inputs: Inputs): Output {
  if (!isRecordingOnce()) return f(inputs);
  const names = Object.keys(inputs);
  const tensors = names.map((name) => inputs[name]!);
  // By name, not by tensor: one tensor under two names gets a part of its gradient from each.
  const places = [...tensors.keys()].filter((place) => needsGradient(tensors[place]!));
  if (places.length === 0) return withoutGradients(() => f(inputs));
  const compute = customGrad((...parameters) => {
    const save = parameters.at(-1) as unknown as (saved: Tensor[]) => void;
    // All inputs are saved: those that need no gradient might be disposed by then.
    save(tensors);
    return {
      value: tidy(() => f(inputs)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const again = Object.fromEntries(names.map((name, i) => [name, saved[i]!])) as Inputs;
        const wanted = places.map((place) => saved[place]!);
        return tidy(() => differentiate(() => f(again), wanted, dy).gradients.map((gradient, i) => gradient ?? zerosLike(wanted[i]!)));
      },
    };
  });
  return compute(...places.map((place) => tensors[place]!));
}
