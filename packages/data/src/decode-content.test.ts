import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage } from './decode-image.js';
import { baselineJpegs } from './testing/jpegs.js';

function chunk(type: string, data: Buffer, checksum?: number): Buffer {
  const content = Buffer.concat([Buffer.alloc(4), Buffer.from(type), data, Buffer.alloc(4)]);
  content.writeUInt32BE(data.length, 0);
  content.writeUInt32BE(checksum ?? crc32(content.subarray(4, -4)), content.length - 4);
  return content;
}

function header(width: number, height: number, ...rest: number[]): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set(rest, 8);
  return data;
}

const png = (...chunks: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks, chunk('IEND', Buffer.alloc(0))]);
const grey = chunk('IHDR', header(8, 8, 8, 0, 0, 0, 0));
const pixels = chunk('IDAT', deflateSync(Buffer.alloc(72)));
const jpeg = Buffer.from(baselineJpegs.grey, 'base64');
const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));

function withByte(content: Buffer, at: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(content);
  copy.set(bytes, at);
  return copy;
}

const padded = Buffer.concat([jpeg.subarray(0, 20), Buffer.alloc(1), jpeg.subarray(20)]);

const broken: readonly (readonly [name: string, content: Buffer, reason: RegExp])[] = [
  [
    'a PNG with a wrong checksum of its header',
    png(chunk('IHDR', header(8, 8, 8, 0, 0, 0, 0), 1), pixels),
    /checksum of the header, IHDR, is wrong/,
  ],
  [
    'a PNG with a wrong checksum of its pixels',
    png(grey, chunk('IDAT', deflateSync(Buffer.alloc(72)), 1)),
    /checksum of a chunk IDAT is wrong/,
  ],
  ['a PNG without its palette', png(chunk('IHDR', header(8, 8, 8, 3, 0, 0, 0)), pixels), /palette \(PLTE\) is missing/],
  ['a PNG with an unknown critical chunk', png(grey, chunk('ABCD', Buffer.from('x')), pixels), /a chunk ABCD, which a reader must know/],
  ['a PNG without pixels', png(grey), /no pixels \(IDAT\)/],
  ['a PNG that ends within its pixels', png(grey, pixels).subarray(0, 45), /ends within a chunk IDAT/],
  ['a PNG with impossible bits', png(chunk('IHDR', header(8, 8, 7, 2, 0, 0, 0)), pixels), /colour type 2 with 7 bits/],
  ['a padded JPEG that ends early', padded.subarray(0, padded.length - 60), /the data of the picture end|premature end/],
  [
    'a padded JPEG with an unknown channel',
    withByte(padded, padded.indexOf(Buffer.from([0xff, 0xda])) + 5, 0x5d),
    /Invalid component ID 93/,
  ],
];

const unread: readonly (readonly [name: string, content: Buffer, reason: string])[] = [
  [
    'a JPEG of 12 bits',
    withByte(jpeg, frame + 1, 0xc1, jpeg[frame + 2]!, jpeg[frame + 3]!, 12),
    'a JPEG of 12 bits a channel, which is not read',
  ],
  ['a lossless JPEG', withByte(jpeg, frame + 1, 0xc3), 'a lossless JPEG, which is not read'],
  [
    'a JPEG with its height behind',
    withByte(jpeg, frame + 5, 0, 0),
    'a JPEG whose height stands behind the pixels (DNL), which is not read',
  ],
  ['a JPEG-LS', withByte(jpeg, frame + 1, 0xf7), 'JPEG-LS, which is not read'],
  ["Apple's PNG", png(chunk('CgBI', Buffer.alloc(4)), grey, pixels), "a PNG in Apple's own variant (CgBI), which is not read"],
];

describe('decodeImage', () => {
  test.each(broken)('says why it refuses %s', async (_, content, reason) => {
    await expect(decodeImage(content)).rejects.toMatchObject({ problem: 'damaged', reason: expect.stringMatching(reason) as string });
  });

  test.each(unread)('says of %s that it is not read, not that it is damaged', async (_, content, reason) => {
    await expect(decodeImage(content)).rejects.toMatchObject({ problem: 'unsupported', reason, remedy: 'convert or remove the file' });
  });

  test('gives each file its own reason, also among many at a time', async () => {
    const contents = Array.from({ length: 40 }, (_, i) => broken[i % broken.length]!);
    const outcomes = await Promise.allSettled(contents.map(([, content]) => decodeImage(content)));
    for (const [i, outcome] of outcomes.entries()) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { reason: expect.stringMatching(contents[i]![2]) as string } });
    }
  });

  test('refuses sides and memory beyond any use, before the pixels are looked at', async () => {
    await expect(decodeImage(png(chunk('IHDR', header(100_000_000, 1, 16, 6, 0, 0, 0)), pixels))).rejects.toMatchObject({
      problem: 'too-large',
      reason: '100000000×1 has a side of more than 65535 pixels',
    });
    await expect(decodeImage(png(chunk('IHDR', header(20_000, 20_000, 16, 6, 0, 0, 1)), pixels), { maxPixels: 1e9 })).rejects.toMatchObject(
      {
        problem: 'too-large',
        reason: 'decoding its 20000×20000 pixels takes about 6.71 GiB, more than the limit of 1.75 GiB',
      },
    );
  });

  test('notes 16-bit grey of low range, and nothing else', async () => {
    const notesOf = async (...levels: number[]): Promise<readonly string[] | undefined> => {
      const image = sharp(Uint16Array.from(levels), { raw: { width: levels.length, height: 1, channels: 1 } }).toColourspace('grey16');
      return (await decodeImage(await image.png().toBuffer())).notes;
    };
    expect(await notesOf(0, 255)).toEqual([expect.stringMatching(/^16-bit grey with no level above 255, which is read as black/)]);
    expect(await notesOf(300, 4095)).toEqual([expect.stringMatching(/^16-bit grey with no level above 4095/)]);
    expect(await notesOf(0, 0)).toBeUndefined();
    expect(await notesOf(0, 4096)).toBeUndefined();
  });
});
