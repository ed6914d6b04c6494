import { ImageFileError } from './image-file-error.js';
import { loadImages } from './load-images.js';

/** Options of {@link loadFirstImages}. */
export interface FirstImagesOptions {
  /** Whether a broken image is an error instead of being left out. Default false. */
  readonly refuse?: boolean;
  /** Told of every image that is left out. */
  readonly onLeftOut?: (error: ImageFileError) => void;
}

/**
 * The first images that can be used.
 *
 * @param files paths of images, in the order in which they are tried
 * @param count the most that are loaded
 * @param imageSize S, sides of the results in pixels
 * @param options what happens to broken images
 * @returns one to `count` images, each [S, S, 3] in [-1, 1]
 * @throws {ImageFileError} naming a broken image where they are refused, or the last one where none can be used
 */
export async function loadFirstImages(
  files: readonly string[],
  count: number,
  imageSize: number,
  { refuse = false, onLeftOut }: FirstImagesOptions = {},
): Promise<Float32Array[]> {
  const images: Float32Array[] = [];
  let failure: unknown = new Error('loadFirstImages: files must hold at least one path, got none');
  for (const file of files) {
    if (images.length === count) break;
    try {
      images.push(await loadImages([file], imageSize));
    } catch (error) {
      if (refuse || !(error instanceof ImageFileError)) throw error;
      failure = error;
      onLeftOut?.(error);
    }
  }
  if (images.length === 0) throw failure;
  return images;
}
