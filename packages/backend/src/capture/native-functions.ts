import * as tf from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** An attribute as tfjs-node gives it to TensorFlow. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What tfjs-node says of a tensor that an operation gave. */
export interface OutputMetadata {
  readonly id: number;
  readonly dtype: number;
  readonly shape: number[];
}

/** An operation of a function; values are numbered: inputs, constants, outputs of operations. */
export interface FunctionOperation {
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly inputs: readonly number[];
  /** How many outputs it has. */
  readonly outputs: number;
  /** Operations that must have ended before it begins, by their place. */
  readonly after: readonly number[];
  /** Operations with different numbers are never merged; −1 for those that may be. */
  readonly apart: number;
}

/** What a tensor is, without its values: TensorFlow's number of its dtype, and its shape. */
export interface TensorSignature {
  readonly dtype: number;
  readonly shape: readonly number[];
}

/** A function as the addon takes it. */
export interface FunctionDescription {
  readonly inputs: readonly TensorSignature[];
  /** Tensors whose values become a part of the function. */
  readonly constants: readonly number[];
  readonly operations: readonly FunctionOperation[];
  readonly outputs: readonly number[];
}

/** The addon of tfjs-node, as far as capturing uses it. */
export interface Binding {
  executeOp(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): OutputMetadata[];
  createTensor(shape: number[], dtype: number, values: unknown): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): unknown;
  runSavedModel(...given: unknown[]): unknown;
  readonly TF_ATTR_STRING: number;
}

/** The addon that `installRuntime` compiles: it can make functions too. */
export interface FunctionBinding extends Binding {
  defineFunction(name: string, description: FunctionDescription): void;
  removeFunction(name: string): void;
  /** @throws when there is no such tensor */
  inspectTensor(id: number): TensorSignature;
}

/** tfjs-node's backend, as far as capturing uses it. */
export interface CapturingBackend {
  binding: FunctionBinding;
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  createOutputTensor(metadata: OutputMetadata): tf.Tensor;
}

/** The backend in use, or why it cannot capture. */
export function findCapturingBackend(): CapturingBackend | { readonly why: string } {
  const name = tf.getBackend();
  if (name !== 'tensorflow') return { why: `the backend ${name} has no functions; only the native runtime has` };
  const backend = tf.backend() as unknown as CapturingBackend;
  if (typeof (backend.binding as Partial<FunctionBinding>).defineFunction === 'function') return backend;
  return { why: 'the addon of tfjs-node was not compiled by @stargan/backend: run `npx stargan-backend install`' };
}

/**
 * Whether {@link capture} replays with the runtime in use.
 *
 * @returns undefined where it does, else the reason, for the user
 */
export function whyNotCaptured(): string | undefined {
  const found = findCapturingBackend();
  return 'why' in found ? found.why : undefined;
}
