import { clone, engine, keep, tidy, zerosLike } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { fillInCoreGradients } from './core-gradients.js';

/** Named tensors: the weights of a network, by the names of its state dictionary. */
export type Parameters = Readonly<Record<string, Tensor>>;

/** What a differentiated function returns when it wants more than its value back. */
export interface ValueWithAuxiliary {
  /** What is differentiated. */
  value: Scalar;
  /** Further results, returned as they are. */
  auxiliary: Readonly<Record<string, Tensor>>;
}

/** Result of {@link valueAndGradients}; the caller owns every tensor in it. */
export interface ValueAndGradients<Names extends string = string> {
  value: Scalar;
  auxiliary: Record<string, Tensor>;
  gradients: Record<Names, Tensor>;
}

/**
 * A computation that fails leaves its tape behind, with every tensor kept for the backward pass that will not come.
 * Inside another gradient computation the tape is still that one's.
 */
function abandonTape(): void {
  const { state } = engine();
  if (state.gradientDepth > 0) return;
  for (const { saved } of state.activeTape ?? []) saved?.forEach((tensor) => tensor.dispose());
  state.activeTape = [];
}

/**
 * The value of `f` and its gradient with respect to every named parameter.
 * A parameter that does not influence the value gets zeros.
 *
 * Can be nested: inside another `valueAndGradients` the gradients can be differentiated again. Works with
 * `@tensorflow/tfjs-core` alone, whose arithmetic has no gradients in Node.js: the common ones are filled in.
 *
 * @param f pure function of `parameters` giving a scalar, alone or with auxiliary tensors
 * @returns value, auxiliary tensors and one gradient per parameter, in the parameter's shape
 * @throws when there are no parameters, the value is not a scalar, or it is called where tensorflow.js records
 *   nothing: inside an operation's `forward` or a `tf.customGrad` function
 */
export function valueAndGradients<P extends Parameters>(
  f: (parameters: P) => Scalar | ValueWithAuxiliary,
  parameters: P,
): ValueAndGradients<keyof P & string> {
  const names = Object.keys(parameters);
  if (names.length === 0) throw new Error('valueAndGradients: parameters must hold at least one tensor, got none');
  if (engine().state.kernelDepth > 0) {
    throw new Error("valueAndGradients: gradients cannot be taken inside an operation's forward, where nothing is recorded; take them outside and pass them in");
  }
  fillInCoreGradients();
  const tensors = names.map((name) => parameters[name]!);
  const kept: Record<string, Tensor> = {};
  try {
    return tidy(() => {
      const { value, grads } = engine().gradients(
        () => {
          const output = f(parameters);
          if (!('auxiliary' in output)) return output;
          // Kept, because tensorflow.js disposes all of a differentiated function's tensors but the value.
          for (const [name, tensor] of Object.entries(output.auxiliary)) kept[name] = keep(clone(tensor));
          return output.value;
        },
        tensors,
        undefined,
        true,
      );
      if (value.rank !== 0) {
        throw new Error(`valueAndGradients: f must return a scalar, got shape [${value.shape.join(', ')}]`);
      }
      const gradients = names.map((name, i): [string, Tensor] => [name, (grads[i]) ?? zerosLike(tensors[i]!)]);
      return {
        // A clone, because `f` may return a tensor that is not its own.
        value: clone(value),
        auxiliary: Object.fromEntries(Object.entries(kept).map(([name, tensor]) => [name, clone(tensor)])),
        gradients: Object.fromEntries(gradients) as Record<keyof P & string, Tensor>,
      };
    });
  } catch (error) {
    abandonTape();
    throw error;
  } finally {
    for (const tensor of Object.values(kept)) tensor.dispose();
  }
}
