import { jpegSegments } from './jpeg-header.js';

const [startOfImage, endOfImage, startOfScan, jfif, iccProfile, adobe] = [0xd8, 0xd9, 0xda, 0xe0, 0xe2, 0xee];

/**
 * The same JPEG picture without the oddities that decoders warn of and put up with: bytes between segments, a profile
 * (which is not used), an unknown version or transformation. A warning that is left tells of damage.
 */
export function plainJpeg(content: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from([0xff, startOfImage])];
  for (let at: number | undefined = 2; at !== undefined;) {
    let next: number | undefined;
    for (const { marker, start, end } of jpegSegments(content, at)) {
      if (marker === iccProfile) continue;
      parts.push(Buffer.from([0xff, marker]));
      if (marker === endOfImage) return Buffer.concat(parts);
      parts.push(plainSegment(marker, Buffer.from(content.subarray(start - 2, end))));
      if (marker !== startOfScan) continue;
      next = dataEnd(content, end);
      parts.push(content.subarray(end, next));
    }
    at = next;
  }
  return Buffer.concat(parts);
}

/** @param segment its two bytes of length included */
function plainSegment(marker: number, segment: Buffer): Buffer {
  const name = segment.toString('latin1', 2, 7);
  if (marker === jfif && name === 'JFIF\0' && segment.length > 7) segment[7] = 1;
  if (marker === adobe && name === 'Adobe' && segment.length > 13 && segment[13]! > 2) segment[13] = 1;
  return segment;
}

/** Where the data of a scan end: at a marker that neither stands for a byte of the data nor restarts them. */
function dataEnd(content: Buffer, at: number): number {
  for (at = content.indexOf(0xff, at); at >= 0; at = content.indexOf(0xff, at)) {
    let code = at + 1;
    while (content[code] === 0xff) code++;
    const marker = content[code];
    if (marker === undefined) break;
    if (marker !== 0 && (marker < 0xd0 || marker > 0xd7)) return at;
    at = code + 1;
  }
  return content.length;
}
