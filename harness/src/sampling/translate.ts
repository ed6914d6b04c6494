import { concat, slice, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { AveragedName, Networks, WeightsOf } from '../model/networks.js';

/** Networks with the weights to sample with. */
export interface Sampler {
  /** The networks. */
  readonly networks: Networks;
  /** Their weights, as a rule the moving averages. */
  readonly weights: WeightsOf<AveragedName>;
}

/** Images as floats: [count, size, size, 3] in [-1, 1]. */
export interface ImageBatch {
  /** Height and width. */
  readonly size: number;
  /** [count, size, size, 3] in [-1, 1]. */
  readonly data: Float32Array;
}

/** Number of images. */
export function countImages({ size, data }: ImageBatch): number {
  return data.length / (size * size * 3);
}

/** Some of the images. */
export function selectImages({ size, data }: ImageBatch, indices: readonly number[]): ImageBatch {
  const values = size * size * 3;
  const selected = new Float32Array(indices.length * values);
  indices.forEach((index, i) => selected.set(data.subarray(index * values, (index + 1) * values), i * values));
  return { size, data: selected };
}

/** Several batches as one. */
export function joinImages(batches: readonly ImageBatch[]): ImageBatch {
  const data = new Float32Array(batches.reduce((sum, batch) => sum + batch.data.length, 0));
  let offset = 0;
  for (const batch of batches) {
    data.set(batch.data, offset);
    offset += batch.data.length;
  }
  return { size: batches[0]?.size ?? 0, data };
}

/** The images as a tensor [count, size, size, 3]; the caller owns it. */
export function toTensor(images: ImageBatch): Tensor4D {
  return tensor4d(images.data, [countImages(images), images.size, images.size, 3]);
}

/** Runs `f` on slices of at most `batch` rows and joins the results, so that memory does not grow with the count. */
function inBatches<T extends Tensor>(count: number, batch: number, f: (start: number, size: number) => T): T {
  return tidy(() => {
    const parts: T[] = [];
    for (let start = 0; start < count; start += batch) parts.push(tidy(() => f(start, Math.min(batch, count - start))));
    return parts.length === 1 ? parts[0]! : concat(parts, 0);
  });
}

const BATCH = 16;

/**
 * G(image, style) for pairs of image and style.
 *
 * @param sampler the networks, and the weights to sample with
 * @param images [count, size, size, 3] in [-1, 1]
 * @param style [count, styleDim], one per image
 */
export function translate({ networks, weights }: Sampler, images: ImageBatch, style: Tensor2D): ImageBatch {
  const output = tidy(() => {
    const image = toTensor(images);
    return inBatches(countImages(images), BATCH, (start, size) =>
      networks.generator.apply(weights.generator, slice(image, [start, 0, 0, 0], [size, -1, -1, -1]), slice(style, [start, 0], [size, -1])),
    );
  });
  const data = output.dataSync<'float32'>();
  output.dispose();
  return { size: images.size, data };
}

/** E_y(image) → [count, styleDim]; the caller owns it. */
export function encodeStyles({ networks, weights }: Sampler, images: ImageBatch, domain: readonly number[]): Tensor2D {
  return tidy(() => {
    const image = toTensor(images);
    return inBatches(countImages(images), BATCH, (start, size) =>
      networks.styleEncoder.apply(weights.styleEncoder, slice(image, [start, 0, 0, 0], [size, -1, -1, -1]), domain.slice(start, start + size)),
    );
  });
}
