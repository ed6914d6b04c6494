import type { RgbImage } from '@stargan/resizing';
import sharp from 'sharp';
import type { PreparedFormat } from './output-names.js';

/** Of JPEG, with colours at full resolution: losses that a training does not notice. */
const jpegQuality = 95;

/** A file of the picture: PNG and WebP without loss. */
export function encodePicture({ width, height, data }: RgbImage, format: PreparedFormat): Promise<Buffer> {
  const picture = sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  if (format === 'png') return picture.png().toBuffer();
  if (format === 'webp') return picture.webp({ lossless: true }).toBuffer();
  return picture.jpeg({ quality: jpegQuality, chromaSubsampling: '4:4:4' }).toBuffer();
}
