import type { DataType, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Shape } from '@stargan/ops/fused';

/** What a launch of a kernel leaves in memory. */
export interface KernelOutputs {
  /** One shape per output. */
  readonly outputs: readonly Shape[];
  /** Type of all outputs; that of the first input by default. */
  readonly dtype?: DataType;
  /** 32-bit numbers that native TensorFlow gets as tensors for the launch: axes, sizes, permutations. 0 by default. */
  readonly arguments?: number;
}

/** Inputs of a kernel by name; those of a list are named 0, 1, … */
export type KernelInputs = Readonly<Record<string, TensorInfo>>;

/** What a launch leaves in memory, as a function of its inputs' shapes and types and of its attributes. */
export type ShapeRule = (inputs: KernelInputs, attributes: NamedAttrMap) => KernelOutputs;

/** Rules by the names of the kernels. */
export type ShapeRules = Readonly<Record<string, ShapeRule>>;

/** One output. */
export const one = (shape: Shape, extra: Omit<KernelOutputs, 'outputs'> = {}): KernelOutputs => ({ outputs: [shape], ...extra });

/** An input by its name. @throws when it is missing */
export function input(inputs: KernelInputs, name: string): TensorInfo {
  const found = inputs[name];
  if (found === undefined) throw new Error(`shape rule: input ${name} is missing; there are ${Object.keys(inputs).join(', ') || 'none'}`);
  return found;
}

/** One output of an input's shape and, unless another is named, type. */
export const like =
  (name: string, dtype?: DataType, argumentCount = 0): ShapeRule =>
  (inputs) =>
    one(input(inputs, name).shape, { dtype: dtype ?? input(inputs, name).dtype, arguments: argumentCount });

/** One rule for several kernels. */
export const each = (kernels: readonly string[], rule: ShapeRule): ShapeRules =>
  Object.fromEntries(kernels.map((kernel) => [kernel, rule]));
