import sharp from 'sharp';
import type { ResizeVariant } from '../../suites/data.js';

/** The linear filter of libvips: close to Pillow's, not the same pixels. */
export const variant: ResizeVariant = async ({ width, height, data }, side, box) => {
  const { left, top } = box;
  const resized = await sharp(data, { raw: { width, height, channels: 3 } })
    .extract({ left, top, width: box.width, height: box.height })
    .resize(side, side, { kernel: 'linear', fit: 'fill' })
    .raw()
    .toBuffer();
  return { width: side, height: side, data: resized };
};
