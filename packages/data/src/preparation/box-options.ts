import type { BoxKind } from './box-columns.js';

/** Crops around faces, or whatever the boxes are of. */
export interface BoxOptions {
  /**
   * Path of a table with a row per picture: CelebA's `list_bbox_celeba.txt`, `list_landmarks_celeba.txt` or
   * `list_landmarks_align_celeba.txt`, or one with the columns `file`, `left`, `top`, `width` and `height`. Numbers are pixels of the
   * picture as it is shown: upright, whatever its EXIF orientation. A row's file is the end of the picture's path: its name,
   * `domain/name`, or more of it.
   */
  readonly file: string;
  /**
   * Share of a box's longer side that is added on each side, in [0, 1]. Default 0.3 for boxes; 0 for landmarks, whose square
   * holds the head already.
   */
  readonly margin?: number | undefined;
  /** What becomes of a picture without a box: it is left out, or cropped in its middle. Default `skip`. */
  readonly without?: 'skip' | 'centre' | undefined;
}

/** How boxes were used. */
export interface BoxUse {
  /** Absolute path of the table. */
  readonly file: string;
  /** What its rows give. */
  readonly kind: BoxKind;
  /** Share of a box's longer side that was added on each side. */
  readonly margin: number;
  /** Rows of the table. */
  readonly rows: number;
  /** Rows that name no picture of the source, or one that another row names more fully. */
  readonly unusedRows: number;
  /** Pictures that are cropped around their boxes, with those kept. */
  readonly cropped: number;
  /** Pictures whose square stuck out and was moved inside. In a dry run, of those that are there already. */
  readonly moved: number;
  /** Pictures whose square was larger than their shorter side, and was shrunk to it. In a dry run, of those that are there already. */
  readonly shrunk: number;
  /** What became of pictures without a box. */
  readonly without: 'skip' | 'centre';
  /** Images of the source without a box, by path: those without a row, and those where width or height is 0. */
  readonly withoutBox: readonly string[];
}
