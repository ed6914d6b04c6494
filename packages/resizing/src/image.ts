/** A decoded picture: 8-bit sRGB, rows from the top, `data` [height, width, 3] in 0 … 255. */
export interface RgbImage {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** [height, width, 3], red, green, blue, in 0 … 255. */
  readonly data: Uint8Array;
  /** What is odd about the file, though it was read: one sentence each. Absent where nothing is. */
  readonly notes?: readonly string[] | undefined;
}

/** A rectangle of whole pixels inside an image. */
export interface Box {
  /** First column, from 0. */
  readonly left: number;
  /** First row, from 0. */
  readonly top: number;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}
