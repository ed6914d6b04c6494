import type { Box, RgbImage } from './image.js';
import { columnsFirst, resamplingWeights, type ResamplingWeights } from './resampling-weights.js';

/** Bits behind the point of a weight: products of weight and channel, summed, stay within 32 bits. */
const precisionBits = 32 - 8 - 2;
const half = 1 << (precisionBits - 1);

type Weights = ResamplingWeights<Int32Array>;

/**
 * Resizes with an antialiased triangle filter, bit for bit as Pillow's `Image.resize(…, BILINEAR)`: weights in fixed
 * point, the first pass rounded to 8 bits before the second one, and the passes in the order of Pillow 13: horizontal
 * first, except where that would be much slower. (Earlier versions always began with the horizontal pass; for images
 * much taller than the result some values differ by one level from theirs.)
 *
 * @param image [height, width, 3]
 * @param width of the result, ≥ 1
 * @param height of the result, ≥ 1
 * @param box part of the image to resize: the result is that of cropping first, as in torchvision's
 *   `RandomResizedCrop`, so nothing outside the box is read. Default: the whole image.
 * @returns image with `data` [height, width, 3]
 * @throws RangeError when a size is no whole number ≥ 1 or the box leaves the image
 */
export function resizeBilinear(image: RgbImage, width: number, height: number, box: Box = whole(image)): RgbImage {
  requireWhole('width', width, 1);
  requireWhole('height', height, 1);
  requireInside(image, box);
  if (columnsFirst(box, { width, height })) {
    const short = resizeColumns(image, box, height);
    return resizeRows(short, whole(short), width);
  }
  const narrow = resizeRows(image, box, width);
  return resizeColumns(narrow, whole(narrow), height);
}

/** The horizontal pass. @returns image of `width` × `box.height` */
function resizeRows(image: RgbImage, box: Box, width: number): RgbImage {
  const { data } = image;
  const result = new Uint8Array(box.height * width * 3);
  const weights = triangleWeights(box.width, width);
  const { starts, counts, values } = weights;
  let to = 0;
  for (let y = 0; y < box.height; y++) {
    const row = ((box.top + y) * image.width + box.left) * 3;
    for (let x = 0; x < width; x++) {
      let red = half;
      let green = half;
      let blue = half;
      let from = row + starts[x]! * 3;
      const first = x * weights.width;
      const end = first + counts[x]!;
      for (let k = first; k < end; k++, from += 3) {
        const weight = values[k]!;
        red += Math.imul(weight, data[from]!);
        green += Math.imul(weight, data[from + 1]!);
        blue += Math.imul(weight, data[from + 2]!);
      }
      result[to++] = clip(red);
      result[to++] = clip(green);
      result[to++] = clip(blue);
    }
  }
  return { width, height: box.height, data: result };
}

/** The vertical pass. @returns image of `box.width` × `height` */
function resizeColumns(image: RgbImage, box: Box, height: number): RgbImage {
  const { data } = image;
  const length = box.width * 3;
  const result = new Uint8Array(height * length);
  const weights = triangleWeights(box.height, height);
  const sums = new Int32Array(length);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let k = 0; k < weights.counts[y]!; k++) {
      const weight = weights.values[y * weights.width + k]!;
      const row = ((box.top + weights.starts[y]! + k) * image.width + box.left) * 3;
      for (let i = 0; i < length; i++) sums[i]! += Math.imul(weight, data[row + i]!);
    }
    for (let i = 0; i < length; i++) result[y * length + i] = clip(sums[i]!);
  }
  return { width: box.width, height, data: result };
}

/** Images of one data set have few sizes, also when they are cropped, and a small one is resized in the time that its weights take. */
const keptWeights = new Map<string, Weights>();
const mostKept = 64;

/** Weights of the triangle filter in fixed point. */
function triangleWeights(from: number, to: number): Weights {
  const key = `${from} ${to}`;
  const kept = keptWeights.get(key);
  if (kept !== undefined) return kept;
  const { values, ...places } = resamplingWeights('bilinear', from, to);
  const weights = { ...places, values: Int32Array.from(values, (weight) => Math.trunc(0.5 + weight * (1 << precisionBits))) };
  if (keptWeights.size >= mostKept) keptWeights.clear();
  keptWeights.set(key, weights);
  return weights;
}

/** Weights are never negative, so that only the upper bound can be passed (by their rounding). */
function clip(sum: number): number {
  const level = sum >> precisionBits;
  return level > 255 ? 255 : level;
}

function whole(image: RgbImage): Box {
  return { left: 0, top: 0, width: image.width, height: image.height };
}

function requireInside(image: RgbImage, box: Box): void {
  const { left, top, width, height } = box;
  requireWhole('box.left', left, 0);
  requireWhole('box.top', top, 0);
  requireWhole('box.width', width, 1);
  requireWhole('box.height', height, 1);
  if (left + width > image.width || top + height > image.height) {
    throw new RangeError(
      `resizeBilinear: box must lie inside the ${image.width}×${image.height} image, got ${width}×${height} at (${left}, ${top})`,
    );
  }
}

/** @throws RangeError unless `value` is a whole number of at least `minimum`. */
function requireWhole(name: string, value: number, minimum: number): void {
  if (!Number.isSafeInteger(value) || value < minimum)
    throw new RangeError(`resizeBilinear: ${name} must be a whole number ≥ ${minimum}, got ${value}`);
}
