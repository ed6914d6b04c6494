import type { Box, RgbImage } from '@stargan/resizing';
import { basename } from 'node:path';
import { ImageFault } from '../image-file-error.js';
import { printablePath } from '../path-names.js';
import type { FileBox } from './box-file.js';
import type { SourceImage } from './source-image.js';

/** The part of a picture that is kept. */
export interface BoxCrop {
  /** A square of whole pixels inside the picture. */
  readonly box: Box;
  /** What it took to have it inside: the square stuck out, or was larger than the picture's shorter side. */
  readonly changed?: 'moved' | 'shrunk';
}

type Sides = Pick<RgbImage, 'width' | 'height'>;

/**
 * The square around a box: its sides are the box's longer side and the margin, twice; it is shrunk to the picture's shorter side
 * where it is larger, and moved into the picture where it sticks out.
 *
 * @param box in pixels of the picture, which need not be whole or inside
 * @param margin share of the box's longer side that is added on each side
 * @returns undefined where no part of the box is in the picture
 */
export function cropAround({ left, top, width, height }: Omit<FileBox, 'line'>, margin: number, picture: Sides): BoxCrop | undefined {
  if (left >= picture.width || top >= picture.height || left + width <= 0 || top + height <= 0) return undefined;
  const wanted = Math.max(1, Math.round(Math.max(width, height) * (1 + 2 * margin)));
  const side = Math.min(wanted, picture.width, picture.height);
  const [x, y] = [Math.round(left + (width - side) / 2), Math.round(top + (height - side) / 2)];
  const inside = { x: clamped(x, picture.width - side), y: clamped(y, picture.height - side) };
  const box = { left: inside.x, top: inside.y, width: side, height: side };
  if (side < wanted) return { box, changed: 'shrunk' };
  return inside.x !== x || inside.y !== y ? { box, changed: 'moved' } : { box };
}

const clamped = (place: number, last: number): number => Math.min(Math.max(place, 0), last);

/** Boxes of pictures, and how they are cropped. */
export interface PictureBoxes {
  /** Path of the table. */
  readonly file: string;
  readonly boxOf: ReadonlyMap<SourceImage, FileBox>;
  readonly margin: number;
}

/**
 * @param boxes left out, pictures have none
 * @returns undefined for a picture without a box
 * @throws ImageFault where no part of its box is in the picture
 */
export function cropOf(boxes: PictureBoxes | undefined, image: SourceImage, picture: Sides): BoxCrop | undefined {
  const box = boxes?.boxOf.get(image);
  if (boxes === undefined || box === undefined) return undefined;
  const crop = cropAround(box, boxes.margin, picture);
  if (crop !== undefined) return crop;
  const [x, y, width, height] = [box.left, box.top, box.width, box.height].map((value) => Number(value.toFixed(1)));
  throw new ImageFault(
    'box-outside',
    `the box at ${x}, ${y} of ${width}×${height} (line ${box.line} of ${printablePath(basename(boxes.file))}) lies wholly outside the picture of ${picture.width}×${picture.height}`,
  );
}

/** A text that is another one once the picture's box has changed; empty without one. */
export function stampOfBox(boxes: PictureBoxes | undefined, image: SourceImage): string {
  const box = boxes?.boxOf.get(image);
  return box === undefined ? '' : `, box ${box.left} ${box.top} ${box.width} ${box.height}`;
}
