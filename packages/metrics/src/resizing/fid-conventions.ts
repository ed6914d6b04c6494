import { add, gather, mul, sub, tensor, tensor1d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { resizeBilinear, type RgbImage } from '@stargan/resizing';
import type { InceptionLayout } from '../networks/inception.js';
import { describeValue } from '../describe-value.js';
import { interpolateBilinear, linearPositions } from './interpolate-bilinear.js';
import { resizeBicubic } from './resize-bicubic.js';

/** Height and width that FID brings images to. */
export const INCEPTION_SIZE = 299;

/** Whose FID it is. Scores of different conventions must not be compared. */
export type FidConventionName = 'fid-stargan2' | 'fid-clean' | 'fid-pytorch';

/** Options of {@link FidConvention.input}. */
export interface FidInputOptions {
  /** The size S of the trained model, to which `fid-stargan2` alone resizes images first. Default 256. */
  imageSize?: number | undefined;
}

/** How a tool that reports FID treats images, and the layout of the network that it shows them to. */
export interface FidConvention {
  /** The network that the images are shown to. */
  readonly layout: InceptionLayout;
  /**
   * The network's input.
   *
   * @param images at least one, of any sizes
   * @returns [images, 299, 299, 3]; the caller owns it
   * @throws for no images, what is no image, or a wrong size
   */
  input(images: readonly RgbImage[], options?: FidInputOptions): Tensor4D;
}

const IMAGENET_MEAN = [0.485, 0.456, 0.406].map(Math.fround);
const IMAGENET_DEVIATION = [0.229, 0.224, 0.225].map(Math.fround);
const { fround } = Math;

/**
 * The conventions by name. Inputs are compared bit for bit with those of the tools in the versions that are named:
 *
 * - `fid-stargan2`: the reference implementation of StarGAN v2, with which its published scores were made. Resized to
 *   S, then to 299 (antialiased bilinear on 8 bits, Pillow's, here 13.0.0), ImageNet's mean and deviation, torchvision's
 *   network.
 * - `fid-clean`: clean-fid (Parmar et al., arXiv 2104.11222) from version 0.1.21 to 0.1.35. Resized once to 299
 *   (antialiased bicubic in floating point, Pillow's), clipped to 0 … 255, (x − 128) / 128, FID's own network. Earlier
 *   versions did not clip.
 * - `fid-pytorch`: pytorch-fid 0.3.0. Resized by PyTorch's bilinear interpolation, which does not antialias (here that of
 *   2.13.0 on a CPU with AVX2), to [-1, 1], FID's own network.
 */
export const fidConventions: Readonly<Record<FidConventionName, FidConvention>> = {
  'fid-stargan2': {
    layout: 'torchvision',
    input(images, { imageSize = 256 } = {}) {
      return together('fid-stargan2', images, (picture, target) => {
        const small = resizeBilinear(picture, imageSize, imageSize);
        const { data } = resizeBilinear(small, INCEPTION_SIZE, INCEPTION_SIZE);
        for (let i = 0; i < data.length; i++)
          target[i] = fround(fround(data[i]! / 255) - IMAGENET_MEAN[i % 3]!) / IMAGENET_DEVIATION[i % 3]!;
      });
    },
  },
  'fid-clean': {
    layout: 'fid',
    input(images) {
      return together('fid-clean', images, (picture, target) => {
        const { data } = resizeBicubic(picture, INCEPTION_SIZE, INCEPTION_SIZE);
        for (let i = 0; i < data.length; i++) target[i] = (Math.min(Math.max(data[i]!, 0), 255) - 128) / 128;
      });
    },
  },
  'fid-pytorch': {
    layout: 'fid',
    input(images) {
      return together('fid-pytorch', images, (picture, target) => {
        interpolateBilinear(picture, INCEPTION_SIZE, INCEPTION_SIZE, target);
        for (let i = 0; i < target.length; i++) target[i] = 2 * target[i]! - 1;
      });
    },
  },
};

/**
 * What `fid-pytorch` makes of images that are tensors: PyTorch's `interpolate(…, 'bilinear', align_corners=False)` to
 * 299², then 2x − 1, to a few float32 roundings.
 *
 * @param image [batch, height, width, 3] in [0, 1]
 * @returns [batch, 299, 299, 3] in [-1, 1]
 */
export function pytorchFidInput(image: Tensor4D): Tensor4D {
  if (image.rank !== 4 || image.shape[3] !== 3)
    throw new RangeError(`pytorchFidInput: image must be [batch, height, width, 3], got [${image.shape.join(', ')}]`);
  return tidy(() => sub(mul(blendAlong(blendAlong(image, 2), 1), 2), 1));
}

/** Interpolates along one axis. */
function blendAlong(image: Tensor4D, axis: 1 | 2): Tensor4D {
  const { first, second, firstWeight, secondWeight } = linearPositions(image.shape[axis], INCEPTION_SIZE);
  const shape = axis === 1 ? [INCEPTION_SIZE, 1, 1] : [INCEPTION_SIZE, 1];
  const weighted = (positions: Int32Array, weights: Float32Array): Tensor4D =>
    mul(gather(image, tensor1d(positions, 'int32'), axis), tensor(weights, shape));
  return add(weighted(first, firstWeight), weighted(second, secondWeight));
}

/** One batch of images, each written by `write` into its place. */
function together(
  convention: FidConventionName,
  images: readonly RgbImage[],
  write: (picture: RgbImage, target: Float32Array) => void,
): Tensor4D {
  requireImages(convention, images);
  const size = INCEPTION_SIZE * INCEPTION_SIZE * 3;
  const values = new Float32Array(images.length * size);
  images.forEach((picture, i) => write(picture, values.subarray(i * size, (i + 1) * size)));
  return tensor4d(values, [images.length, INCEPTION_SIZE, INCEPTION_SIZE, 3]);
}

/** @throws for no images, or what is none */
function requireImages(convention: FidConventionName, images: readonly RgbImage[]): void {
  if (!Array.isArray(images))
    throw new TypeError(`${convention}: images must be an array of { width, height, data }, got ${describeValue(images)}`);
  if (images.length === 0) throw new Error(`${convention}: images must hold at least one image, got none`);
  for (const [i, image] of images.entries()) {
    const { width, height, data } = (image as Partial<RgbImage> | null | undefined) ?? {};
    const isImage = Number.isInteger(width) && Number.isInteger(height) && width! > 0 && height! > 0 && data !== undefined;
    if (!isImage) throw new TypeError(`${convention}: image ${i} must be { width, height, data }, got ${describeValue(image)}`);
    if (!isBytes(data)) throw new TypeError(`${convention}: image ${i} must have 8-bit levels in a Uint8Array, got ${describeValue(data)}`);
    if (data.length !== width! * height! * 3)
      throw new RangeError(
        `${convention}: image ${i} of ${width}×${height} must have ${width! * height! * 3} levels (RGB), got ${data.length}`,
      );
  }
}

const isBytes = (data: unknown): boolean => data instanceof Uint8Array || data instanceof Uint8ClampedArray;
