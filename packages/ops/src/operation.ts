import { clone, engine, getBackend, getKernel, registerGradient, registerKernel, tidy } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { warnOfSecondCore } from './one-core.js';

warnOfSecondCore();

/** The tensors an operation reads, by name. */
export type NamedTensors = Record<string, Tensor>;

/** What makes a differentiable operation. */
export interface OperationDefinition<Inputs extends NamedTensors, Attributes extends object> {
  /** Unique name, as it appears in profiles. */
  name: string;
  /** Computes the output. Nothing inside is recorded for differentiation; intermediates are disposed. */
  forward: (inputs: Inputs, attributes: Attributes) => Tensor;
  /** Names of the inputs that `gradients` needs; only these are kept until the backward pass. */
  saved: readonly (keyof Inputs & string)[];
  /**
   * One function per input that gives the gradient with respect to it. Only those asked for are called.
   * They must be made of differentiable operations, so that the gradient can be differentiated again, and
   * may use inputs only: tfjs breaks the chain through saved outputs.
   *
   * @param dy gradient with respect to the output
   */
  gradients: (dy: Tensor, saved: Inputs, attributes: Attributes) => { [Name in keyof Inputs]: () => Tensor };
}

/** A differentiable operation: tensors by name and attributes in, one tensor out. */
export type Operation<Inputs extends NamedTensors, Attributes extends object> = (inputs: Inputs, attributes: Attributes) => Tensor;

/**
 * The tape disposes a gradient once it has been added to another one, and what it saved when it is done. So a
 * gradient that is one of `borrowed` as it stands must become a tensor of its own; its memory stays shared.
 */
function owned(gradient: () => Tensor, borrowed: readonly Tensor[]): () => Tensor {
  return () => {
    const result = gradient();
    return borrowed.includes(result) ? clone(result) : result;
  };
}

/** Whether the current backend has a kernel of this name. */
export function hasKernel(kernelName: string): boolean {
  // Null, against the declared type, where there is none.
  return getKernel(kernelName, getBackend()) != null;
}

/** Registers `forward` as the current backend's kernel, unless the backend has a faster one of its own there. */
function provideKernel<Inputs extends NamedTensors, Attributes extends object>(
  kernelName: string,
  forward: (inputs: Inputs, attributes: Attributes) => Tensor,
): void {
  if (hasKernel(kernelName)) return;
  registerKernel({
    kernelName,
    backendName: getBackend(),
    kernelFunc: ({ inputs, attrs }) => tidy(() => forward(inputs as unknown as Inputs, attrs as unknown as Attributes)),
  });
}

/**
 * True where what is computed may be differentiated: in a gradient's backward pass, where a higher order is wanted. Inside an operation's
 * `forward` nothing is recorded.
 */
export function isRecording(): boolean {
  const { gradientDepth, kernelDepth } = engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
}

/**
 * One kernel where nothing is recorded, and the composition that it stands for where its result may be
 * differentiated: for gradients, which need no gradients of their own unless a higher order is asked for.
 *
 * @param compose made of differentiable operations
 */
export function fuseWhereUnrecorded<Inputs extends NamedTensors, Attributes extends object>(
  kernelName: string,
  compose: (inputs: Inputs, attributes: Attributes) => Tensor,
): Operation<Inputs, Attributes> {
  return (inputs, attributes) => {
    if (isRecording()) return tidy(() => compose(inputs, attributes));
    provideKernel(kernelName, compose);
    return engine().runKernel(kernelName, inputs, attributes as unknown as NamedAttrMap);
  };
}

/**
 * Makes a tensor operation that can be differentiated any number of times on every backend.
 *
 * Unlike `tf.customGrad`, gradients are lazy: an input that needs no gradient costs nothing. The kernel is
 * registered for a backend when it is first used there, so importing has no side effect. Where a kernel of the name
 * `Stargan` + `name` is registered for the backend already, that one is used instead of `forward`;
 * `@stargan/ops/fused` makes operations whose kernels `@stargan/backend` brings.
 *
 * @param definition name, what computes the output, and what gives the gradient with respect to each input
 */
export function defineOperation<Inputs extends NamedTensors, Attributes extends object>({
  name,
  ...definition
}: OperationDefinition<Inputs, Attributes>): Operation<Inputs, Attributes> {
  return operationOf(`Stargan${name}`, definition);
}

/** The operation whose kernel has this name. */
export function operationOf<Inputs extends NamedTensors, Attributes extends object>(
  kernelName: string,
  definition: Omit<OperationDefinition<Inputs, Attributes>, 'name'>,
): Operation<Inputs, Attributes> {
  let hasGradient = false;

  function register(): void {
    if (!hasGradient) {
      registerGradient({
        kernelName,
        inputsToSave: [...definition.saved],
        gradFunc: (dy, saved, attributes) => {
          const named = Object.fromEntries(definition.saved.map((name, i) => [name, saved[i]])) as Inputs;
          const gradients = definition.gradients(dy as Tensor, named, attributes as unknown as Attributes);
          return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, owned(gradient, [dy as Tensor, ...saved])]));
        },
      });
      hasGradient = true;
    }
    provideKernel(kernelName, definition.forward);
  }

  return (inputs, attributes) => {
    register();
    return engine().runKernel(kernelName, inputs, attributes as unknown as NamedAttrMap);
  };
}
