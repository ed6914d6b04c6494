import { crc32, inflateSync } from 'node:zlib';
import { pngChunks, pngSignatureBytes } from './png-chunks.js';

/** Far more than an EXIF profile, written in hexadecimal digits, may have. */
const maxProfileBytes = 2 ** 18;

const headerEnd = pngSignatureBytes + 25;

/**
 * The same PNG file with its EXIF data where the decoder looks for them: before the pixels, in a chunk `eXIf`. Elsewhere
 * they are behind the pixels, as the chunk's first definition allowed, or in a text as ImageMagick used to write it.
 */
export function withOrientationInFront(content: Buffer): Buffer {
  const exif = exifElsewhere(content);
  if (exif === undefined) return content;
  return Buffer.concat([content.subarray(0, headerEnd), chunk('eXIf', exif), content.subarray(headerEnd)]);
}

function exifElsewhere(content: Buffer): Buffer | undefined {
  let pixelsSeen = false;
  let profile: Buffer | undefined;
  for (const { type, data, whole } of pngChunks(content)) {
    if (!whole) return undefined;
    if (type === 'IDAT') pixelsSeen = true;
    if (type === 'eXIf') return pixelsSeen ? data : undefined;
    if (type === 'tEXt' || type === 'zTXt' || type === 'iTXt') profile ??= exifInText(type, data);
  }
  return profile;
}

/** The EXIF data of a text `Raw profile type exif` (or `APP1`): a name, the number of bytes, and their hexadecimal digits. */
function exifInText(type: string, data: Buffer): Buffer | undefined {
  const keyword = /^Raw profile type (?:exif|APP1)\0/.exec(data.toString('latin1', 0, 32))?.[0];
  if (keyword === undefined) return undefined;
  const text = type === 'tEXt' ? data.subarray(keyword.length) : inflated(type, data.subarray(keyword.length));
  const digits = /^\s*\w+\s+\d+\s+([\da-fA-F\s]+)/.exec(text?.toString('latin1', 0, maxProfileBytes) ?? '')?.[1];
  if (digits === undefined) return undefined;
  const exif = Buffer.from(digits.replace(/\s+/g, ''), 'hex');
  return exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;
}

function inflated(type: string, data: Buffer): Buffer | undefined {
  // zTXt: the method of compression. iTXt: whether it is compressed, the method, language and translated keyword, both ended by 0.
  const texts = type === 'zTXt' ? 1 : data.indexOf(0, data.indexOf(0, 2) + 1) + 1;
  if (type === 'iTXt' && data[0] === 0) return data.subarray(texts);
  try {
    return inflateSync(data.subarray(texts), { maxOutputLength: maxProfileBytes });
  } catch {
    return undefined;
  }
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.alloc(data.length + 12);
  content.writeUInt32BE(data.length, 0);
  content.write(type, 4, 'latin1');
  data.copy(content, 8);
  content.writeUInt32BE(crc32(content.subarray(4, 8 + data.length)), 8 + data.length);
  return content;
}
