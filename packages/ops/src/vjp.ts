import { add, clone, engine, mul, sum, tidy, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { fillInCoreGradients } from './core-gradients.js';
import { recordOnce, type Recorded } from './differentiate.js';
import { registerSecondOrderGradients } from './second-order/register.js';
import type { Parameters } from './value-and-gradients.js';

/** Result of {@link vjp}. */
export interface VectorJacobianProduct<Inputs extends Parameters, Outputs extends Parameters> {
  /** What `f` returned; the caller owns the tensors, and may dispose them before the pullback. */
  readonly values: { [Name in keyof Outputs]: Tensor };
  /**
   * Gradients of Σ ⟨cotangent, value⟩ by every input, for which `f` is not computed again. It can be called once, since
   * it frees on its way what was kept for it.
   *
   * @param cotangents by the names of the values, of their shapes; one that is left out stands for zeros. They remain
   *   the caller's.
   * @returns one gradient per input, of its shape; zeros where it had no part in a value with a cotangent. The caller
   *   owns them.
   * @throws when a name or shape is not that of a value, and when it is called a second time, after `dispose`, or inside
   *   another gradient computation than `vjp` was
   */
  readonly pullback: (cotangents: { readonly [Name in keyof Outputs]?: Tensor | undefined }) => Record<keyof Inputs & string, Tensor>;
  /** Frees what is kept for a pullback that is not wanted any more; does nothing after the pullback. */
  readonly dispose: () => void;
}

/**
 * Values of `f` and the product of its Jacobian with vectors, from the left (a vector-Jacobian product, as in JAX): for
 * gradients of what is computed outside of `f`, one part after the other, and then carried back through `f` in one pass.
 *
 * Can be nested: inside `valueAndGradients` the gradients can be differentiated again, also by the cotangents.
 * What the backward pass needs is kept until `pullback` or `dispose`, also across `tf.tidy`.
 *
 * @param f pure function of `inputs` giving tensors by name
 * @param inputs tensors by name, what gradients are wanted for; at least one
 * @throws when there are no inputs, or it is called where tensorflow.js records nothing: inside an operation's `forward`
 *   or a `tf.customGrad` function
 */
export function vjp<Inputs extends Parameters, Outputs extends Parameters>(
  f: (inputs: Inputs) => Outputs,
  inputs: Inputs,
): VectorJacobianProduct<Inputs, Outputs> {
  const names = Object.keys(inputs);
  if (names.length === 0) throw new Error('vjp: inputs must hold at least one tensor, got none');
  const { state } = engine();
  if (state.kernelDepth > 0) {
    throw new Error(
      "vjp: gradients cannot be taken inside an operation's forward, where nothing is recorded; take them outside and pass them in",
    );
  }
  fillInCoreGradients();
  const depth = state.gradientDepth;
  const xs = names.map((name) => inputs[name]!);
  let outputs: string[] = [];
  const run = (): Tensor[] => {
    const values = f(inputs);
    outputs = Object.keys(values);
    return outputs.map((name) => values[name]!);
  };
  let recorded: Recorded | undefined;
  const values = tidy(() => {
    if (depth === 0) recorded = recordOnce(run, xs);
    // Clones, because `f` may return tensors that are not its own.
    return (recorded?.values ?? run()).map((value) => clone(value));
  });
  if (depth > 0) recorded = recordedAround(values, xs);
  const shapes = values.map(({ shape }) => shape);

  function requireCotangents(cotangents: Readonly<Record<string, Tensor | undefined>>): (Tensor | undefined)[] {
    for (const [name, cotangent] of Object.entries(cotangents)) {
      const place = outputs.indexOf(name);
      if (place < 0) throw new Error(`vjp: cotangents must have the names of values (${outputs.join(', ')}), got ${name}`);
      const [shape, expected] = [cotangent?.shape ?? shapes[place]!, shapes[place]!].map((sizes) => `[${sizes.join(', ')}]`);
      if (shape !== expected) throw new Error(`vjp: the cotangent of ${name} must have the value's shape ${expected}, got ${shape}`);
    }
    return outputs.map((name) => cotangents[name]);
  }

  return {
    values: Object.fromEntries(outputs.map((name, i) => [name, values[i]!])) as { [Name in keyof Outputs]: Tensor },
    pullback(cotangents) {
      const given = requireCotangents(cotangents);
      if (recorded === undefined) throw new Error('vjp: pullback can be called once, and not after dispose; call vjp again');
      if (state.gradientDepth !== depth)
        throw new Error('vjp: pullback must be called in the gradient computation that vjp was called in, or outside of any as vjp was');
      const once = recorded;
      recorded = undefined;
      return tidy(() => {
        const gradients = once.backward(given.map((cotangent) => cotangent && clone(cotangent)));
        return Object.fromEntries(names.map((name, i) => [name, gradients[i] ?? zerosLike(xs[i]!)])) as Record<
          keyof Inputs & string,
          Tensor
        >;
      });
    },
    dispose() {
      recorded?.dispose();
      recorded = undefined;
    },
  };
}

/**
 * Inside another gradient computation, which has recorded the values as a part of its own: the backward pass is recorded
 * there as well, and what it needs belongs to the scope around.
 */
function recordedAround(values: readonly Tensor[], xs: readonly Tensor[]): Recorded {
  // What is recorded from here on may be differentiated twice, tensorflow.js's own operations included.
  registerSecondOrderGradients();
  // Still there when the caller has disposed its own.
  const kept = values.map((value) => clone(value));
  const dispose = (): void => kept.forEach((value) => value.dispose());
  return {
    values,
    backward(dys) {
      const factors = kept.flatMap((value, i) => (dys[i] === undefined ? [] : [[value, dys[i]] as const]));
      if (factors.length === 0) return xs.map(() => undefined);
      const weighted = (): Tensor => factors.map(([value, dy]) => sum(mul(value, dy))).reduce((total, product) => add(total, product));
      // Undefined, against the declared type, where nothing depends on an x.
      const { grads } = engine().gradients(weighted, [...xs], undefined, true) as { grads: (Tensor | undefined)[] };
      dispose();
      return grads;
    },
    dispose,
  };
}
