import { resizeBilinear } from '@stargan/data';
import type { ResizeVariant } from '../../suites/data.js';

/** Pillow's antialiased bilinear filter, bit for bit. */
export const variant: ResizeVariant = (image, side, box) => resizeBilinear(image, side, side, box);
