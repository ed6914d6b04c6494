import { backend, getBackend } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow operation, as the native binding takes it. */
export interface NativeAttribute {
  name: string;
  type: number;
  value: boolean | number | number[] | string | string[];
}

interface NativeBackend {
  binding: { TF_ATTR_FLOAT: number; TF_ATTR_TYPE: number; TF_FLOAT: number };
  executeSingleOutput: (name: string, attributes: NativeAttribute[], inputs: Tensor[]) => Tensor;
}

/** The native TensorFlow backend, or undefined when another one is in use. */
export function nativeBackend(): NativeBackend | undefined {
  return getBackend() === 'tensorflow' ? (backend() as unknown as NativeBackend) : undefined;
}
