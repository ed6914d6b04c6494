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

/** A header with what tells how much memory decoding takes. */
export interface HeaderDetails extends ImageHeader {
  /**
   * Bytes of memory that decoding takes for a pixel at its largest, beside the three of the result: what the format keeps
   * of the whole picture, and a copy to turn. Measured with pictures of 25 million pixels and rounded up.
   */
  readonly decodingBytesPerPixel: number;
  /** Whether it is grey of 16 bits, with alpha or without. */
  readonly grey16?: boolean;
}
