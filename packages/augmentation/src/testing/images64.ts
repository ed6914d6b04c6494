import { mean64 } from './numbers.js';

// The operations on one image [height, width, channels] in plain float64 arrays, written out pixel by pixel.

/** Height, width and channels of an image. */
export type Size = readonly [height: number, width: number, channels: number];

/** Every value moved from the centre that `centreOf` gives for its index. */
const spread64 = (image: readonly number[], gain: number, centreOf: (i: number) => number): number[] =>
  image.map((value, i) => value + gain * (value - centreOf(i)));

/** x + amount. */
export const brightness64 = (image: readonly number[], amount: number): number[] => image.map((value) => value + amount);

/** Away from the grey of each pixel. */
export function saturation64(image: readonly number[], [, , channels]: Size, gain: number): number[] {
  const grey = (i: number): number => {
    const pixel = Math.floor(i / channels) * channels;
    return mean64(image.slice(pixel, pixel + channels));
  };
  return spread64(image, gain, grey);
}

/** Away from the mean of the image. */
export const contrast64 = (image: readonly number[], gain: number): number[] => spread64(image, gain, () => mean64(image));

/** Moved down and to the right. */
export function translate64(image: readonly number[], [height, width, channels]: Size, down: number, right: number): number[] {
  return image.map((_, i) => {
    const channel = i % channels;
    const column = (Math.floor(i / channels) % width) - right;
    const row = Math.floor(i / channels / width) - down;
    const isInside = row >= 0 && row < height && column >= 0 && column < width;
    return isInside ? image[(row * width + column) * channels + channel]! : 0;
  });
}

/** With a hole of half its height and width. */
export function cutOut64(image: readonly number[], [height, width, channels]: Size, top: number, left: number): number[] {
  const [tall, wide] = [Math.floor((height + 1) / 2), Math.floor((width + 1) / 2)];
  return image.map((value, i) => {
    const column = Math.floor(i / channels) % width;
    const row = Math.floor(i / channels / width);
    return row >= top && row < top + tall && column >= left && column < left + wide ? 0 : value;
  });
}
