import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { CaptureError } from './capture-error.js';
import { describeFunction, keyOf, type FunctionOrder } from './describe-function.js';
import type { Attribute, CapturingBackend, FunctionBinding, OutputMetadata, TensorSignature } from './native-functions.js';
import type { OutsideTensor, Recording, Source } from './recorder.js';

/** A recording that runs as one TensorFlow function. */
export interface Replay {
  /** Results for these argument tensors, of the signature that was recorded. */
  run(tensors: readonly Tensor[]): Tensor[];
  /** Operations that the function is made of. */
  readonly operations: number;
  /** Removes the function from TensorFlow. */
  dispose(): void;
}

/** How TensorFlow runs a function: `parallel` launches what is ready beside each other. */
export type Executor = 'parallel' | 'single-threaded';

let functions = 0;

/**
 * Makes a TensorFlow function of a recording.
 *
 * @param backend in use
 * @param recording of a call; its constants must not be released yet
 * @param example the argument tensors of that call: of their dtypes and shapes
 */
export function defineReplay(
  backend: CapturingBackend,
  recording: Recording,
  example: readonly Tensor[],
  { executor, ...order }: FunctionOrder & { readonly executor?: Executor | undefined },
): Replay {
  const { binding } = backend;
  const { variables, outside, assigned, results } = recording;
  const { description, inputs, outputs } = describeFunction(
    recording,
    (source) => {
      if (source.from === 'argument') return signatureOf(backend, example[source.index]!);
      if (source.from === 'variable') return signatureOf(backend, variables[source.index]!);
      return binding.inspectTensor(outside[source.index]!.id);
    },
    order,
  );
  const name = `stargan_captured_${String(functions++)}`;
  binding.defineFunction(name, description);
  const placeOf = new Map(outputs.map((source, i) => [keyOf(source), i]));
  const wanted = [...results, ...assigned.map(({ value }) => value)];
  const lastUse = new Map(wanted.map((source, i) => [keyOf(source), i]));
  const attributes =
    executor === 'single-threaded' ? [{ name: 'executor_type', type: binding.TF_ATTR_STRING, value: 'SINGLE_THREADED_EXECUTOR' }] : [];

  /** The number of the tensor that a source stands for in this call. */
  function currentId(source: Source, tensors: readonly Tensor[]): number {
    if (source.from === 'argument') return idOf(backend, tensors[source.index]!);
    if (source.from === 'outside') return outside[source.index]!.id;
    const variable = variables[source.index]!;
    if (!variable.isDisposed) return idOf(backend, variable);
    throw new CaptureError(`the variable ${variable.name}, which the captured function reads, was disposed; capture the function again`);
  }

  return {
    operations: description.operations.length,
    run(tensors) {
      const ids = inputs.map((source) => currentId(source, tensors));
      const made = launch(binding, name, attributes, ids, outputs.length, outside).map((metadata) => backend.createOutputTensor(metadata));
      // Each result is a tensor of its own, also where two are the same or one is an argument.
      const given = wanted.map((source, i) => {
        const tensor = made[placeOf.get(keyOf(source)) ?? -1];
        if (tensor !== undefined) return lastUse.get(keyOf(source)) === i ? tensor : tf.clone(tensor);
        const passedOn =
          source.from === 'argument' ? tensors[source.index] : source.from === 'variable' ? variables[source.index] : undefined;
        if (passedOn === undefined) throw new CaptureError('a tensor from outside cannot be a result as it is: return a clone of it');
        return tf.clone(passedOn);
      });
      for (const [i, { variable }] of assigned.entries()) {
        const value = given[results.length + i]!;
        variable.assign(value);
        value.dispose();
      }
      return given.slice(0, results.length);
    },
    dispose() {
      binding.removeFunction(name);
    },
  };
}

function launch(
  binding: FunctionBinding,
  name: string,
  attributes: readonly Attribute[],
  ids: readonly number[],
  count: number,
  outside: readonly OutsideTensor[],
): OutputMetadata[] {
  try {
    return binding.executeOp(name, attributes, ids, count);
  } catch (error) {
    const gone = /not referenced \(tensor_id: (\d+)\)/.exec(error instanceof Error ? error.message : '')?.[1];
    const tensor = outside.find(({ id }) => id === Number(gone));
    if (tensor === undefined) throw error;
    throw new CaptureError(
      `a tensor that the captured function takes from outside, at ${tensor.site()}, was disposed; pass tensors that are replaced between calls as arguments`,
    );
  }
}

const idOf = (backend: CapturingBackend, tensor: TensorInfo): number => backend.getInputTensorIds([tensor])[0]!;

const signatureOf = (backend: CapturingBackend, tensor: TensorInfo): TensorSignature =>
  backend.binding.inspectTensor(idOf(backend, tensor));
