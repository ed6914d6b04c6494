/** Bytes at the start of a file that tell its format. */
export const formatBytes = 16;

/**
 * The format of an image that can be decoded, told by its first bytes.
 *
 * @param start the first {@link formatBytes} of the file, or all it has
 * @returns undefined for anything else
 */
export function imageFormatOf(start: Buffer): 'jpeg' | 'png' | 'webp' | undefined {
  const text = start.toString('latin1', 0, 12);
  if (text.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (text.startsWith('RIFF') && text.endsWith('WEBP')) return 'webp';
  return undefined;
}
