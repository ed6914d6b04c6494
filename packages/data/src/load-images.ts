import { decodeImage, type DecodeOptions } from './decode-image.js';
import { mapConcurrently } from './map-concurrently.js';
import { pixelsToFloats } from '@stargan/resizing';
import { requireWhole } from './requirements.js';
import { resizeBilinear } from '@stargan/resizing';

/** Decoding runs on the four threads of Node's pool; more at a time would only hold more memory. */
export const decodingsAtOnce = 4;

/**
 * Images as evaluation and sampling want them: whole (no crop, no flip), resized to a square.
 *
 * Pictures are decoded on Node's thread pool and resized on the calling thread.
 *
 * @param files paths of images
 * @param imageSize S, sides of the results in pixels
 * @returns [files, S, S, 3] in [-1, 1], in the order of `files`
 * @throws ImageFileError naming the first file found unusable
 */
export async function loadImages(
  files: readonly string[],
  imageSize: number,
  options: Pick<DecodeOptions, 'maxPixels' | 'reading'> = {},
): Promise<Float32Array> {
  requireWhole('loadImages', 'imageSize', imageSize, 1);
  const values = imageSize * imageSize * 3;
  const target = new Float32Array(files.length * values);
  await mapConcurrently(files, decodingsAtOnce, async (file, index) => {
    const image = resizeBilinear(await decodeImage(file, options), imageSize, imageSize);
    pixelsToFloats(image, { target, offset: index * values });
  });
  return target;
}
