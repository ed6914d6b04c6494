import type { SquareImages } from '@stargan/metrics';
import { concat, slice, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { EmaNetwork, Networks, WeightsOf } from '../networks/networks.js';

/** Networks with the weights to sample with. */
export interface Sampler {
  /** The networks. */
  readonly networks: Networks;
  /** Their weights, as a rule the moving averages. */
  readonly weights: WeightsOf<EmaNetwork>;
}

/** Number of images. */
export function countImages({ size, data }: SquareImages): number {
  return data.length / (size * size * 3);
}

/**
 * Some images of a batch, in the order asked for.
 *
 * @param images stay as they are
 * @param indices positions of the images to take, from 0; repeated ones are taken again
 */
export function selectImages({ size, data }: SquareImages, indices: readonly number[]): SquareImages {
  const values = size * size * 3;
  const selected = new Float32Array(indices.length * values);
  indices.forEach((index, i) => selected.set(data.subarray(index * values, (index + 1) * values), i * values));
  return { size, data: selected };
}

/**
 * Several batches as one.
 *
 * @param batches of one image size; none give an empty batch of size 0
 */
export function joinImages(batches: readonly SquareImages[]): SquareImages {
  const data = new Float32Array(batches.reduce((sum, batch) => sum + batch.data.length, 0));
  let offset = 0;
  for (const batch of batches) {
    data.set(batch.data, offset);
    offset += batch.data.length;
  }
  return { size: batches[0]?.size ?? 0, data };
}

/**
 * Images as a tensor.
 *
 * @param images copied to the backend
 * @returns [count, size, size, 3] in [-1, 1]; the caller owns it
 */
export function toTensor(images: SquareImages): Tensor4D {
  return tensor4d(images.data, [countImages(images), images.size, images.size, 3]);
}

/** Pixels that go through the networks together: feature maps of 16 images at 256², so that memory does not grow with size or count. */
const PIXELS_TOGETHER = 16 * 256 * 256;

/** Images of this size that go through the networks together. */
export function imagesTogether(size: number): number {
  return Math.min(Math.max(Math.floor(PIXELS_TOGETHER / (size * size)), 1), 16);
}

/** Some of the images beside each other in memory, as a view. */
function viewImages({ size, data }: SquareImages, start: number, count: number): SquareImages {
  const values = size * size * 3;
  return { size, data: data.subarray(start * values, (start + count) * values) };
}

/** Starts and lengths of the stretches in which images go through the networks. */
function* stretches(count: number, size: number): Generator<[start: number, length: number]> {
  const together = imagesTogether(size);
  for (let start = 0; start < count; start += together) yield [start, Math.min(together, count - start)];
}

/**
 * G(image, style) for pairs of image and style.
 *
 * @param sampler the networks, and the weights to sample with
 * @param images [count, size, size, 3] in [-1, 1]
 * @param style [count, styleDim], one per image
 */
export function translate({ networks, weights }: Sampler, images: SquareImages, style: Tensor2D): SquareImages {
  const data = new Float32Array(images.data.length);
  const values = images.size * images.size * 3;
  for (const [start, length] of stretches(countImages(images), images.size)) {
    const output = tidy(() =>
      networks.generator.apply(weights.generator, toTensor(viewImages(images, start, length)), slice(style, [start, 0], [length, -1])),
    );
    data.set(output.dataSync<'float32'>(), start * values);
    output.dispose();
  }
  return { size: images.size, data };
}

/**
 * Styles of images, E_y(image), a few images at a time.
 *
 * @param sampler the networks, and the weights to sample with
 * @param images [count, size, size, 3] in [-1, 1], of the size that the networks are for
 * @param domain the domain of each image, 0 … domains − 1
 * @returns [count, styleDim]; the caller owns it
 */
export function encodeStyles({ networks, weights }: Sampler, images: SquareImages, domain: readonly number[]): Tensor2D {
  return tidy(() => {
    const parts = [...stretches(countImages(images), images.size)].map(([start, length]) =>
      tidy(() =>
        networks.styleEncoder.apply(weights.styleEncoder, toTensor(viewImages(images, start, length)), domain.slice(start, start + length)),
      ),
    );
    return parts.length === 1 ? parts[0]! : concat(parts, 0);
  });
}
