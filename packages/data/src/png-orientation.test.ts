import { crc32, deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeImage } from './decode-image.js';
import { withOrientationInFront } from './png-orientation.js';
import { encodable, noiseImage } from './testing/pictures.js';

const upright = noiseImage(6, 4);
const plain = await encodable(upright).png().toBuffer();

/** A quarter turn, as EXIF says it. */
const exif = Buffer.from('4d4d002a00000008000101120003000000010006000000000000', 'hex');
const digits = Buffer.concat([Buffer.from('Exif\0\0'), exif])
  .toString('hex')
  .replace(/(.{36})/g, '$1\n');
const profile = `\nexif\n${String(exif.length + 6).padStart(8)}\n${digits}\n`;

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.alloc(4), Buffer.from(type), data, Buffer.alloc(4)]);
  content.writeUInt32BE(data.length, 0);
  content.writeUInt32BE(crc32(content.subarray(4, -4)), content.length - 4);
  return content;
}

const inFront = (...chunks: Buffer[]): Buffer => Buffer.concat([plain.subarray(0, 33), ...chunks, plain.subarray(33)]);
const behind = (...chunks: Buffer[]): Buffer => Buffer.concat([plain.subarray(0, -12), ...chunks, plain.subarray(-12)]);

test.each([
  ['in front of the pixels', inFront(chunk('eXIf', exif))],
  ['behind the pixels', behind(chunk('eXIf', exif))],
  ["in ImageMagick's text", inFront(chunk('tEXt', Buffer.from(`Raw profile type exif\0${profile}`)))],
  [
    "in ImageMagick's compressed text",
    inFront(chunk('zTXt', Buffer.concat([Buffer.from('Raw profile type exif\0\0'), deflateSync(profile)]))),
  ],
  ['in text behind the pixels', behind(chunk('zTXt', Buffer.concat([Buffer.from('Raw profile type APP1\0\0'), deflateSync(profile)])))],
  [
    'in international text',
    inFront(chunk('iTXt', Buffer.concat([Buffer.from('Raw profile type exif\0\x01\0\0\0'), deflateSync(profile)]))),
  ],
])('an orientation is applied that stands %s, and is not for Pillow', async (_, content) => {
  const turned = await decodeImage(content);
  expect(turned).toMatchObject({ width: 4, height: 6 });
  // A quarter turn clockwise brings the lower left corner to the upper left.
  expect([...turned.data.subarray(0, 3)]).toEqual([...upright.data.subarray(3 * 6 * 3, 3 * 6 * 3 + 3)]);
  expect(await decodeImage(content, { reading: 'pillow' })).toEqual(upright);
});

test('a file without one, and one whose profile is no profile, stay as they are', () => {
  const nonsense = inFront(chunk('zTXt', Buffer.from('Raw profile type exif\0\0no deflated data')));
  const bomb = inFront(chunk('zTXt', Buffer.concat([Buffer.from('Raw profile type exif\0\0'), deflateSync(Buffer.alloc(2 ** 20, '0'))])));
  for (const content of [plain, nonsense, bomb, plain.subarray(0, 50)]) expect(withOrientationInFront(content)).toBe(content);
});
