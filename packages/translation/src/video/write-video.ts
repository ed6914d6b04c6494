import path from 'node:path';
import { writeWholeFile } from '@stargan/checkpoints';
import { printablePath } from '@stargan/data';
import type { Pixels } from '@stargan/training';
import { RequestError, requireWhole } from '../request-error.js';
import { encodeAnimation, requireAnimationSize } from './animated-picture.js';
import { requireFfmpeg, writeMp4 } from './ffmpeg.js';

/** A format of videos. */
export type VideoFormat = (typeof VIDEO_FORMATS)[number];

/** All values of {@link VideoFormat}, which are the endings of the names of files. */
export const VIDEO_FORMATS = ['webp', 'gif', 'mp4'] as const;

/** How a video is written. */
export interface WriteVideoOptions {
  /** Frames a second. Default 30. */
  readonly fps?: number | undefined;
  /** Quality of animated WebP, 1 to 100. Default 90. */
  readonly quality?: number | undefined;
  /** For MP4: the path of ffmpeg, or a name that is looked for in `PATH`. Default `ffmpeg`. */
  readonly ffmpeg?: string | undefined;
}

/** The most frames a second: browsers show faster GIFs slowly. */
const MOST_FPS: Readonly<Record<VideoFormat, number>> = { webp: 60, gif: 50, mp4: 120 };

/** The format of a video by the ending of its name. @throws RequestError naming the endings there are */
export function videoFormatOf(file: string): VideoFormat {
  const ending = path.extname(file).slice(1).toLowerCase();
  const format = VIDEO_FORMATS.find((one) => one === ending);
  if (format !== undefined) return format;
  throw new RequestError(`the name of a video must end in .webp, .gif or .mp4, got ${printablePath(file)}`);
}

/**
 * Makes sure that a video can be written before its frames are computed.
 *
 * @param file its path
 * @param frames number of different frames, and their size
 * @param options how it is going to be written
 * @throws RequestError saying why not
 */
export async function requireVideo(
  file: string,
  { distinct, width, height }: { readonly distinct: number; readonly width: number; readonly height: number },
  { fps = 30, quality = 90, ffmpeg }: WriteVideoOptions,
): Promise<void> {
  const format = videoFormatOf(file);
  requireWhole('fps', fps, 1, MOST_FPS[format]);
  requireWhole('quality', quality, 1, 100);
  if (format === 'mp4') await requireFfmpeg(ffmpeg);
  else requireAnimationSize(distinct, width, height);
}

/**
 * Writes a video: an animated WebP or GIF, or by means of ffmpeg an MP4 (H.264). The file is whole or as it was before.
 *
 * An MP4 takes the memory of one frame. An animated picture takes that of all that differ from the one before, at most 512 MiB.
 *
 * @param file path that ends in `.webp`, `.gif` or `.mp4`; folders above it are made
 * @param frames of one size
 * @param options speed and quality
 * @throws RequestError when there are no frames, or too many
 * @throws Error naming the file when it cannot be written
 */
export async function writeVideo(file: string, frames: AsyncIterable<Pixels>, options: WriteVideoOptions = {}): Promise<void> {
  const { fps = 30, quality = 90, ffmpeg } = options;
  const format = videoFormatOf(file);
  const target = path.resolve(file);
  if (format === 'mp4') {
    await writeWholeFile(target, (aside) => writeMp4(aside, frames, { ffmpeg, fps }));
    return;
  }
  const content = await encodeAnimation(frames, { format, fps, quality });
  await writeWholeFile(target, content);
}
