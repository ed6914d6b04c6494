import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomStream } from '@stargan/random';
import sharp, { type Sharp } from 'sharp';
import type { ImageFolders } from '../image-folders.js';
import type { RgbImage } from '@stargan/resizing';

/** An image of random levels: the same for the same arguments. */
export function noiseImage(width: number, height: number, seed = 0): RgbImage {
  const random = randomStream(seed, 'testing/noise');
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)) };
}

/** The image, ready to be encoded. */
export function encodable({ width, height, data }: RgbImage): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Writes the image losslessly, and the folders above it. */
export async function writePng(file: string, image: RgbImage): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await encodable(image).png().toFile(file);
}

/** Folders without files behind them, for what does not read any. */
export function namedFolders(counts: readonly number[]): ImageFolders {
  const domains = counts.map((count, domain) => ({
    name: `domain${domain}`,
    files: Array.from({ length: count }, (_, index) => `domain${domain}/${index}.png`),
  }));
  return { directory: 'nowhere', domains };
}
