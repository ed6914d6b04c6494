import { writeWholeFile } from '@stargan/checkpoints';
import sharp from 'sharp';
import type { Pixels } from './pixels.js';

/**
 * Writes pixels as a PNG; the file is whole or not there.
 *
 * @param scale whole number by which pixels are enlarged, without smoothing
 */
export async function writePng(file: string, { width, height, data }: Pixels, scale = 1): Promise<void> {
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  const enlarged = scale === 1 ? image : image.resize(width * scale, height * scale, { kernel: 'nearest' });
  await writeWholeFile(file, async (aside) => {
    await enlarged.png().toFile(aside);
  });
}
