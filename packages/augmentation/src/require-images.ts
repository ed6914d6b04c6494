import { reshape } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

const text = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** Fails unless `image` is float32 `[batch, height, width, channels]`. */
export function requireImages(operation: string, image: Tensor): asserts image is Tensor4D {
  const { dtype, shape } = image as Partial<Tensor>;
  if (shape?.length === 4 && dtype === 'float32') return;
  const got = shape === undefined ? 'no tensor' : `${dtype} ${text(shape)}`;
  throw new Error(`${operation}: image must be float32 [batch, height, width, channels], got ${got}`);
}

/** Numbers `[batch]`, one per image, as `[batch, 1, 1, 1]`. @throws when there are not as many as images, or they are not float32 */
export function perImage(operation: string, argument: string, values: Tensor, image: Tensor4D): Tensor4D {
  const [batch] = image.shape;
  const { dtype, shape } = values as Partial<Tensor>;
  if (dtype !== 'float32' || shape?.length !== 1 || shape[0] !== batch) {
    const got = shape === undefined ? 'no tensor' : `${dtype} ${text(shape)}`;
    throw new Error(`${operation}: ${argument} must be float32 [${batch}], one number per image, got ${got}`);
  }
  return reshape(values, [batch, 1, 1, 1]);
}
