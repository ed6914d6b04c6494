import sharp from 'sharp';
import type { Pixels } from '@stargan/training';
import { RequestError } from '../request-error.js';

/** A format of pictures that move. */
export type AnimationFormat = 'webp' | 'gif';

/** Bytes of pixels that an animation has at most, since its encoder needs all of them together. */
export const ANIMATION_BYTES = 2 ** 29;

/** Milliseconds that the times of frames are whole numbers of. */
const TICKS: Readonly<Record<AnimationFormat, number>> = { webp: 1, gif: 10 };

/** @throws RequestError when so many frames are too many for an animation */
export function requireAnimationSize(frames: number, width: number, height: number): void {
  const bytes = frames * width * height * 3;
  if (bytes <= ANIMATION_BYTES) return;
  const mebibytes = (count: number): string => `${Math.ceil(count / 2 ** 20)} MiB`;
  throw new RequestError(
    `${frames} different frames of ${width}×${height} are ${mebibytes(bytes)}, all of which an animated picture needs in memory, and at most ` +
      `${mebibytes(ANIMATION_BYTES)} are allowed; take fewer styles or pictures, a smaller scale, or write .mp4, which needs one frame at a time`,
  );
}

/**
 * An animated WebP or GIF that is shown over and over. Frames that are the same object as the one before only lengthen it.
 *
 * @param frames of one size, at most {@link ANIMATION_BYTES} of different ones
 * @param options format, frames a second, and quality of WebP from 1 to 100
 * @returns the content of the file
 * @throws RequestError when the frames are too many
 */
export async function encodeAnimation(
  frames: AsyncIterable<Pixels>,
  { format, fps, quality }: { readonly format: AnimationFormat; readonly fps: number; readonly quality: number },
): Promise<Buffer> {
  const different: Pixels[] = [];
  const starts: number[] = [];
  let count = 0;
  for await (const frame of frames) {
    if (frame !== different.at(-1)) {
      requireAnimationSize(different.length + 1, frame.width, frame.height);
      different.push(frame);
      starts.push(count);
    }
    count++;
  }
  const [first] = different;
  if (first === undefined) throw new RequestError('a video needs at least one frame');
  const tick = TICKS[format];
  const timeOf = (frame: number): number => Math.round((frame * 1000) / fps / tick) * tick;
  const delay = starts.map((start, i) => timeOf(starts[i + 1] ?? count) - timeOf(start));
  const { width, height } = first;
  const pages = Buffer.concat(different.splice(0).map(({ data }) => data));
  const raw = { width, height: height * delay.length, channels: 3 as const, pageHeight: height };
  const image = sharp(pages, { raw, limitInputPixels: false });
  const animated = format === 'webp' ? image.webp({ quality, delay, loop: 0, effort: 3 }) : image.gif({ delay, loop: 0, dither: 0.5 });
  return animated.toBuffer();
}
