import type { RandomStream } from '@stargan/random';
import type { Box } from '@stargan/resizing';
import { requireProbability, requireWhole } from './requirements.js';

/** How one image is cut and mirrored before it is resized. */
export interface Augmentation {
  /** Part of the image that is kept. */
  readonly box: Box;
  /** Mirror left and right. */
  readonly flip: boolean;
}

/** Options of {@link sampleAugmentation}. */
export interface AugmentationOptions {
  /** Probability of a random crop instead of the whole image. Default 0.5. */
  cropProbability?: number | undefined;
}

/** Share of the image's area that a crop covers. */
const areaRange = [0.8, 1] as const;
/** Width / height of a crop, before rounding to whole pixels. */
const aspectRange = [0.9, 1.1] as const;

/**
 * Draws the reference's augmentation: with `cropProbability` a random crop (area 0.8 … 1 of the image, aspect ratio
 * 0.9 … 1.1, uniform in its logarithm), else the whole image; mirrored with probability ½.
 *
 * The crop is torchvision's `RandomResizedCrop`: ten tries, then the largest centred box of an allowed aspect ratio.
 *
 * @param width of the image in pixels
 * @param height of the image in pixels
 * @param random what is drawn from; it has moved on afterwards
 * @throws RangeError when a size is no whole number ≥ 1 or the probability is not in [0, 1]
 */
export function sampleAugmentation(width: number, height: number, random: RandomStream, options: AugmentationOptions = {}): Augmentation {
  const { cropProbability = 0.5 } = options;
  requireWhole('sampleAugmentation', 'width', width, 1);
  requireWhole('sampleAugmentation', 'height', height, 1);
  requireProbability('sampleAugmentation', 'cropProbability', cropProbability);
  const box = random.uniform() < cropProbability ? sampleCrop(width, height, random) : { left: 0, top: 0, width, height };
  return { box, flip: random.uniform() < 0.5 };
}

function sampleCrop(width: number, height: number, random: RandomStream): Box {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = width * height * between(areaRange[0], areaRange[1], random);
    const aspect = Math.exp(between(Math.log(aspectRange[0]), Math.log(aspectRange[1]), random));
    const cropWidth = roundHalfToEven(Math.sqrt(area * aspect));
    const cropHeight = roundHalfToEven(Math.sqrt(area / aspect));
    if (cropWidth < 1 || cropWidth > width || cropHeight < 1 || cropHeight > height) continue;
    const top = random.integer(height - cropHeight + 1);
    const left = random.integer(width - cropWidth + 1);
    return { left, top, width: cropWidth, height: cropHeight };
  }
  return centreCrop(width, height);
}

function centreCrop(width: number, height: number): Box {
  const aspect = width / height;
  let cropWidth = width;
  let cropHeight = height;
  if (aspect < aspectRange[0]) cropHeight = roundHalfToEven(width / aspectRange[0]);
  else if (aspect > aspectRange[1]) cropWidth = roundHalfToEven(height * aspectRange[1]);
  return {
    left: Math.floor((width - cropWidth) / 2),
    top: Math.floor((height - cropHeight) / 2),
    width: cropWidth,
    height: cropHeight,
  };
}

function between(low: number, high: number, random: RandomStream): number {
  return low + (high - low) * random.uniform();
}

/** Python's `round`. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
