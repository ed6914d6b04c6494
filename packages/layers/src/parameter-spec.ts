import { transpose } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Parameters } from '@stargan/ops';

/**
 * The kind of a parameter, which decides its layout in PyTorch and how it is initialised.
 *
 * - `convolution`: [height, width, in, out] here, [out, in, height, width] in PyTorch
 * - `linear`: [in, out] here, [out, in] in PyTorch
 * - `bias`, `scale`: [channels] in both
 */
export type ParameterKind = 'convolution' | 'linear' | 'bias' | 'scale';

/** Name, kind and shape of one parameter. */
export interface ParameterSpec {
  /** Key in the reference's state dictionary, e.g. `encode.0.conv1.weight`. */
  readonly name: string;
  /** Decides its layout in PyTorch and how it is initialised. */
  readonly kind: ParameterKind;
  /** Shape in TensorFlow's layout, as `tf.zeros` takes it. */
  readonly shape: number[];
}

const TO_TORCH: Partial<Record<ParameterKind, number[]>> = { convolution: [3, 2, 0, 1], linear: [1, 0] };
const FROM_TORCH: Partial<Record<ParameterKind, number[]>> = { convolution: [2, 3, 1, 0], linear: [1, 0] };

/**
 * The parameter's shape in PyTorch's layout.
 *
 * @param spec shape in TensorFlow's layout, and the kind, which decides PyTorch's
 */
export function torchShape(spec: ParameterSpec): number[] {
  const order = TO_TORCH[spec.kind];
  return order === undefined ? [...spec.shape] : order.map((axis) => spec.shape[axis]!);
}

/**
 * The parameter in PyTorch's layout; a new tensor.
 *
 * @param spec whose kind decides the order of axes
 * @param tensor in TensorFlow's layout; remains the caller's
 */
export function toTorchLayout(spec: ParameterSpec, tensor: Tensor): Tensor {
  const order = TO_TORCH[spec.kind];
  return order === undefined ? tensor.clone() : transpose(tensor, order);
}

/**
 * A parameter in TensorFlow's layout, from one in PyTorch's; a new tensor.
 *
 * @param spec shape in TensorFlow's layout, and the kind, which decides PyTorch's; the name is for errors
 * @param tensor in PyTorch's layout; remains the caller's
 * @throws when the shape is not that of {@link torchShape}
 */
export function fromTorchLayout(spec: ParameterSpec, tensor: Tensor): Tensor {
  const expected = torchShape(spec);
  if (tensor.rank !== expected.length || expected.some((size, axis) => tensor.shape[axis] !== size)) {
    throw new Error(`${spec.name}: expected shape [${expected.join(', ')}] (PyTorch layout), got [${tensor.shape.join(', ')}]`);
  }
  const order = FROM_TORCH[spec.kind];
  return order === undefined ? tensor.clone() : transpose(tensor, order);
}

/**
 * Number of values in all parameters together.
 *
 * @param specs of a layer, a network or several of them
 */
export function parameterCount(specs: readonly ParameterSpec[]): number {
  return specs.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

/**
 * The parameter called `name`.
 *
 * @param parameters the record to look in
 * @param name key of the parameter, e.g. `encode.0.conv1.weight`
 * @throws naming it when it is absent
 */
export function parameter(parameters: Parameters, name: string): Tensor {
  const tensor = parameters[name];
  if (tensor === undefined) throw new Error(`parameter ${name} is missing; the record holds ${Object.keys(parameters).length} parameters`);
  return tensor;
}

/**
 * `prefix.name`, or `name` alone when the prefix is empty.
 *
 * @param prefix of a module, without a dot at its end; may be empty
 * @param name of a parameter or a module within it
 */
export function join(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}
