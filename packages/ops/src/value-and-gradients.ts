import { clone, engine, keep, tidy, zerosLike } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { fillInCoreGradients } from './core-gradients.js';
import { differentiate } from './differentiate.js';
import { registerSecondOrderGradients } from './second-order/register.js';

/** Named tensors: the weights of a network, by the names of its state dictionary. */
export type Parameters = Readonly<Record<string, Tensor>>;

/** What a differentiated function returns when it wants more than its value back. */
export type ValueWithAuxiliary = {
  /** What is differentiated. */
  value: Scalar;
  /** Further results, returned as they are. */
  auxiliary: Readonly<Record<string, Tensor>>;
};

/** Result of {@link valueAndGradients}; the caller owns every tensor in it. */
export type ValueAndGradients<Names extends string = string> = {
  /** Value of the function. */
  value: Scalar;
  /** The function's further results; empty when it gave none. */
  auxiliary: Record<string, Tensor>;
  /** One per parameter, of its shape; zeros where it had no part in the value. */
  gradients: Record<Names, Tensor>;
};

/**
 * The value of `f` and its gradient with respect to every named parameter.
 * A parameter that does not influence the value gets zeros.
 *
 * Can be nested: inside another `valueAndGradients` the gradients can be differentiated again, rightly also through
 * tensorflow.js's own operations, whose gradients are replaced where they are wrong. Works with
 * `@tensorflow/tfjs-core` alone, whose operations have no gradients in Node.js: they are filled in.
 *
 * @param f pure function of `parameters` giving a scalar, alone or with auxiliary tensors
 * @param parameters tensors by name, what the gradients are with respect to; at least one
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
    throw new Error(
      "valueAndGradients: gradients cannot be taken inside an operation's forward, where nothing is recorded; take them outside and pass them in",
    );
  }
  fillInCoreGradients();
  const tensors = names.map((name) => parameters[name]!);
  const kept: Record<string, Tensor> = {};
  try {
    return tidy(() => {
      const objective = (): Scalar => {
        const output = f(parameters);
        const value = 'auxiliary' in output ? output.value : output;
        if (value.rank !== 0) throw new Error(`valueAndGradients: f must return a scalar, got shape [${value.shape.join(', ')}]`);
        // Kept, because all of a differentiated function's tensors but the value are disposed.
        if ('auxiliary' in output) for (const [name, tensor] of Object.entries(output.auxiliary)) kept[name] = keep(clone(tensor));
        return value;
      };
      const { value, gradients: grads } =
        engine().state.gradientDepth > 0 ? differentiateAgain(objective, tensors) : differentiate(objective, tensors);
      const gradients = names.map((name, i): [string, Tensor] => [name, grads[i] ?? zerosLike(tensors[i]!)]);
      return {
        // A clone, because `f` may return a tensor that is not its own.
        value: clone(value),
        auxiliary: Object.fromEntries(Object.entries(kept).map(([name, tensor]) => [name, clone(tensor)])),
        gradients: Object.fromEntries(gradients) as Record<keyof P & string, Tensor>,
      };
    });
  } finally {
    for (const tensor of Object.values(kept)) tensor.dispose();
  }
}

/** Inside another gradient computation: every step of the backward pass is recorded too. */
function differentiateAgain(f: () => Scalar, xs: Tensor[]): { value: Scalar; gradients: (Tensor | undefined)[] } {
  // What is recorded from here on may be differentiated twice, tensorflow.js's own operations included.
  registerSecondOrderGradients();
  // Undefined, against the declared type, where f() does not depend on an x.
  const { value, grads } = engine().gradients(f, xs, undefined, true) as { value: Scalar; grads: (Tensor | undefined)[] };
  return { value, gradients: grads };
}
