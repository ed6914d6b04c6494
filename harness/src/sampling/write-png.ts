import { writeFile } from 'node:fs/promises';
import { describeError } from '@stargan/backend';
import { writeWholeFile } from '@stargan/checkpoints';
import sharp from 'sharp';
import type { Pixels } from '@stargan/training';

/**
 * Writes pixels as a PNG; the file is whole or not there.
 *
 * @param scale whole number by which pixels are enlarged, without smoothing
 * @throws Error naming the file when it cannot be written
 */
export async function writePng(file: string, { width, height, data }: Pixels, scale = 1): Promise<void> {
  // These are pixels of our own in memory: the limit is for files from elsewhere.
  const image = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  const enlarged = scale === 1 ? image : image.resize(width * scale, height * scale, { kernel: 'nearest' });
  // Written by Node, since libvips tells neither the file nor the reason when a disk is full.
  const encoded = await enlarged.png().toBuffer();
  try {
    await writeWholeFile(file, (aside) => writeFile(aside, encoded));
  } catch (error) {
    throw new Error(`${file} cannot be written: ${describeError(error)}`, { cause: error });
  }
}
