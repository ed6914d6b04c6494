import type { ImageFormat } from './image-formats.js';

/** What the header of an image file says of it. */
export interface ImageHeader {
  /** Told by the content, not by the name. */
  readonly format: ImageFormat;
  /** In pixels, as stored: an orientation is not applied. */
  readonly width: number;
  /** In pixels, as stored: an orientation is not applied. */
  readonly height: number;
}

/** A header with what decides how much memory decoding takes. */
export interface HeaderDetails extends ImageHeader {
  /** Bytes of a pixel while it is decoded. */
  readonly bytesPerPixel: number;
  /** Whether all of it must be in memory before the first row can be had: interlaced, progressive, in several parts. */
  readonly wholeAtOnce: boolean;
}
