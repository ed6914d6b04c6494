import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';

/** A picture of a colour ramp that is bright at the top and red at the right, so that turned and mirrored ones can be told. */
export function rampPicture(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      data[at] = Math.round((255 * x) / width);
      data[at + 1] = data[at + 2] = 255 - Math.round((255 * y) / height);
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Writes such a picture, as PNG unless another one is given. */
export async function writeRamp(file: string, width = 24, height = width): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await rampPicture(width, height).png().toFile(file);
  return file;
}
