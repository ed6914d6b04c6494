/** Options of `decodeImage`. */
export interface DecodeOptions {
  /** Largest number of pixels (width × height) that is decoded. Default 100,000,000. */
  maxPixels?: number | undefined;
  /** What a `Buffer` is called in errors. Default `image buffer`. */
  name?: string | undefined;
  /** How pixels are read where there is a choice. Default `upright`. */
  reading?: ImageReading | undefined;
}

/**
 * How pixels are read where there is a choice:
 * - `upright`: turned as the EXIF orientation says, 16-bit grey by its upper eight bits, CMYK with a generic print profile;
 * - `pillow`: as `Image.open(file).convert('RGB')` of Pillow 13 gives them: as stored, 16-bit grey clipped at 255, CMYK by
 *   the plain formula. Tools that measure images with Pillow see these.
 */
export type ImageReading = 'upright' | 'pillow';
