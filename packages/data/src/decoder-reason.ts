import { ImageFault } from './image-file-error.js';
import type { ImageFormat } from './image-formats.js';

/** Lines of the decoder that say what it put up with, or only where it was. */
const harmless =
  /^(read gave \d+ warnings|error in tile .*|Input (buffer|file) has corrupt header:?|Warning treated as error.*|.*\d+ extraneous bytes before marker.*|.*Invalid SOS parameters for sequential JPEG|.*Unknown Adobe color transform code.*|.*unknown JFIF revision.*|.*bad ICC marker.*|.*Inconsistent progression sequence.*|Unknown error|vipspng: libpng read error|\w*:? ?\(\d+\.\d+\)|)$/;

/** What the decoder says of whole pictures of kinds that it was not built for. */
const unsupported = /not configured|not supported|not implemented|unsupported|bad labq format|not a whole number of bytes/i;

/** The fault of a file that the decoder gave up for this reason. */
export function decoderFault(format: ImageFormat, reason: string): ImageFault {
  if (format === 'tiff' && unsupported.test(reason)) return new ImageFault('unsupported', `a TIFF of a kind that is not read (${reason})`);
  return new ImageFault('damaged', `truncated or corrupt (${reason})`);
}

/** How the decoder's lines on a format begin, where they say which one they are about. */
const domains: Readonly<Partial<Record<ImageFormat, RegExp>>> = {
  jpeg: /^VipsJpeg: /,
  png: /^(vipspng|pngload\w*): /,
  webp: /^webp\w*: /,
  gif: /^(gifload|nsgif)\w*: /,
  tiff: /^tiff\w*: /,
  avif: /^heif\w*: /,
};

/**
 * The lines of what the decoder says of a file of this format that are no harmless warnings. The decoder collects them
 * for all threads of the process, so that lines on other formats may stand among them.
 */
export function surprises(texts: readonly string[], format: ImageFormat): string[] {
  const lines = texts
    .flatMap((text) => text.split('\n'))
    .map((line) => line.replace(/^Input (buffer|file) has corrupt header: /, '').trim());
  const others = Object.entries(domains).filter(([other]) => other !== format);
  return lines
    .filter((line) => !harmless.test(line) && !others.some(([, domain]) => domain.test(line)))
    .map((line) => line.replace(/^\w+: /, ''));
}

/**
 * The cause among all that the decoder says of a file it gave up: the last line that is no harmless warning, since
 * warnings come first and the error last.
 */
export function decoderReason(format: ImageFormat, error: unknown, warnings: readonly string[] = []): string {
  const cause = surprises([...warnings, error instanceof Error ? error.message : String(error)], format).at(-1);
  if (cause === undefined) return 'the decoder gives no reason';
  return cause === 'Input buffer contains unsupported image format' ? 'its header makes no sense to the decoder' : cause;
}
