import { writeFile } from 'node:fs/promises';
import { writeWholeFile } from '@stargan/checkpoints';
import sharp from 'sharp';
import type { RgbImage } from '@stargan/resizing';

/**
 * Writes a picture as a PNG; the file is whole or not there.
 *
 * @param file its path
 * @param picture its pixels: 8-bit RGB rows from the top
 * @param scale whole number by which pixels are enlarged, without smoothing
 * @throws Error naming the file when it cannot be written
 */
export async function writePng(
  file: string,
  { width, height, data }: Pick<RgbImage, 'width' | 'height' | 'data'>,
  scale = 1,
): Promise<void> {
  // These are pixels of our own in memory: the limit is for files from elsewhere.
  const image = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const enlarged = scale === 1 ? image : image.resize(width * scale, height * scale, { kernel: 'nearest' });
  // Written by Node, since libvips tells neither the file nor the reason when a disk is full.
  const encoded = await enlarged.png().toBuffer();
  try {
    await writeWholeFile(file, (aside) => writeFile(aside, encoded));
  } catch (error) {
    throw new Error(`${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
