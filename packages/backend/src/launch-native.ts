import type { FusedOperation } from '@stargan/ops/fused';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What launching a kernel of our own needs of tfjs-node's backend. */
export interface NativeBackend {
  readonly binding: { readonly TF_ATTR_FLOAT: number; readonly TF_ATTR_INT: number };
  executeSingleOutput(name: string, attributes: object[], inputs: TensorInfo[]): TensorInfo;
  executeMultipleOutputs(name: string, attributes: object[], inputs: TensorInfo[], outputs: number): TensorInfo[];
}

/** Launches the kernel of a fused operation, which TensorFlow must have loaded. */
export function launchNative(
  { kernelName, inputs: names, attributes: attributeNames, outputs = 1, lists }: FusedOperation,
  backend: NativeBackend,
  inputs: Readonly<Record<string, TensorInfo | undefined>>,
  attributes: Readonly<Record<string, number>>,
): TensorInfo | TensorInfo[] {
  const { TF_ATTR_FLOAT, TF_ATTR_INT } = backend.binding;
  const present = (given: (TensorInfo | undefined)[]): TensorInfo[] => given.filter((input) => input !== undefined);
  if (lists !== undefined) {
    const count = Number(attributes.count);
    const typed = [{ name: 'N', type: TF_ATTR_INT, value: count }];
    return backend.executeMultipleOutputs(kernelName, typed, present(Object.values(inputs)), lists.leadingOutputs + count);
  }
  const typed = attributeNames.map((name) => ({ name, type: TF_ATTR_FLOAT, value: attributes[name] }));
  const given = present(names.map((name) => inputs[name]));
  if (outputs > 1) return backend.executeMultipleOutputs(kernelName, typed, given, outputs);
  return backend.executeSingleOutput(kernelName, typed, given);
}
