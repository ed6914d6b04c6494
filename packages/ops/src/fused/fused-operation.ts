import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../operation.js';

/** A tensor's shape. */
export type Shape = readonly number[];

/** Shapes by the names of the tensors. */
export type NamedShapes = Readonly<Record<string, Shape>>;

/** Makes a tensor of standard normal numbers, the same ones for the same calls. */
export type RandomTensor = (...shape: number[]) => Tensor;

/** What a kernel is run on to see whether it is right. */
export interface KernelSample<Inputs extends NamedTensors = NamedTensors, Attributes extends object = Record<string, number>> {
  /** Tensors by name. */
  readonly inputs: Inputs;
  /** Numbers by name. */
  readonly attributes: Attributes;
}

/** Inputs and outputs that end in lists of tensors, one per parameter. */
export interface ListSignature {
  /** How many outputs come before the list, which has as many tensors as the attribute `count` says. */
  readonly leadingOutputs: number;
}

/**
 * All there is to know of a fused operation: one that a kernel of our own computes at once where the backend has one,
 * and that is composed of ordinary operations elsewhere. Whoever runs, checks, measures or plans the kernel reads it here.
 */
export interface FusedOperation<Inputs extends NamedTensors = NamedTensors, Attributes extends object = Record<string, number>> {
  /** Name of the kernel in tensorflow.js's registry, in TensorFlow and in profiles. */
  readonly kernelName: string;
  /** File of `@stargan/backend` in `native/` that holds the kernel for the processor. */
  readonly nativeSource: string;
  /** Names of the inputs in the kernel's order. Where there are lists their tensors are named 0, 1, … */
  readonly inputs: readonly string[];
  /** Names of the attributes in the kernel's order; all are numbers. */
  readonly attributes: readonly (keyof Attributes & string)[];
  /** How many outputs there are; 1 where it is left out, and as many as `lists` says where there are lists. */
  readonly outputs?: number;
  /** Where inputs and outputs end in lists: how. */
  readonly lists?: ListSignature;
  /**
   * Shapes of the outputs, in the kernel's order.
   *
   * @param inputs shapes by the inputs' names
   * @param attributes values by the attributes' names
   */
  outputShapes(inputs: NamedShapes, attributes: Attributes): Shape[];
  /**
   * Products and additions of convolutions and matrix products, two per multiply-and-add; other arithmetic counts 0.
   *
   * @param inputs shapes by the inputs' names
   * @param attributes values by the attributes' names
   */
  flops(inputs: NamedShapes, attributes: Attributes): number;
  /**
   * The same function made of ordinary operations, differentiable unless lists go in.
   *
   * @param inputs tensors by the inputs' names; they stay the caller's
   * @param attributes values by the attributes' names
   */
  composed(inputs: Inputs, attributes: Attributes): Tensor | Tensor[];
  /**
   * What the kernel is compared with `composed` on before it is used: sizes that fill neither blocks nor tiles, small ones first.
   *
   * @param random makes the tensors that a sample is filled with
   */
  samples(random: RandomTensor): KernelSample<Inputs, Attributes>[];
  /** Largest difference in this comparison, relative to the largest value. */
  readonly tolerance: number;
}

/** A fused operation with one output. */
export interface SingleOutputOperation<Inputs extends NamedTensors, Attributes extends object> extends FusedOperation<Inputs, Attributes> {
  composed(inputs: Inputs, attributes: Attributes): Tensor;
}

/** A fused operation's output is of the shape of one of its inputs. */
export const shapeOf =
  (name: string) =>
  (inputs: NamedShapes): Shape[] => [requireShapeOf(inputs, name)];

/** The shape of an input. @throws when it is missing */
export function requireShapeOf(inputs: NamedShapes, name: string): Shape {
  const shape = inputs[name];
  if (shape === undefined)
    throw new Error(`fused operation: input ${name} is missing; there are ${Object.keys(inputs).join(', ') || 'none'}`);
  return shape;
}

/** Arithmetic that is elementwise only, and counts 0. */
export const noFlops = (): number => 0;
