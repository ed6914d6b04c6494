import { LRUCache } from 'lru-cache';
import { decodeImage, type DecodeOptions } from './decode-image.js';
import type { RgbImage } from '@stargan/resizing';

/** Decoded images, the least recently used ones dropped first. */
export interface ImageCache {
  /** The decoded image; two calls for one file at the same time decode it once. */
  load(file: string): Promise<RgbImage>;
  /** Number of files decoded so far. */
  decodedImages(): number;
}

/** @param cacheBytes bytes of pixels to keep; an image larger than that is not kept, and 0 keeps none */
export function imageCache(cacheBytes: number, options: Pick<DecodeOptions, 'maxPixels' | 'reading'> = {}): ImageCache {
  const kept = cacheBytes > 0 ? new LRUCache<string, RgbImage>({ maxSize: cacheBytes, sizeCalculation: sizeOf }) : undefined;
  const underWay = new Map<string, Promise<RgbImage>>();
  let decoded = 0;

  async function decode(file: string): Promise<RgbImage> {
    try {
      const image = await decodeImage(file, options);
      decoded += 1;
      kept?.set(file, image);
      return image;
    } finally {
      underWay.delete(file);
    }
  }

  return {
    async load(file) {
      const image = kept?.get(file);
      if (image !== undefined) return image;
      let decoding = underWay.get(file);
      if (decoding === undefined) {
        decoding = decode(file);
        underWay.set(file, decoding);
      }
      return decoding;
    },
    decodedImages: () => decoded,
  };
}

function sizeOf(image: RgbImage): number {
  return image.data.byteLength;
}
