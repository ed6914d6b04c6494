import { expect, test } from 'vitest';
import { decodeImage } from './decode-image.js';
import { plainJpeg } from './plain-jpeg.js';
import { encodable, noiseImage } from './testing/pictures.js';

const progressive = await encodable(noiseImage(20, 20)).jpeg({ progressive: true }).toBuffer();

const withBytes = (at: number, ...bytes: number[]): Buffer =>
  Buffer.concat([progressive.subarray(0, at), Buffer.from(bytes), progressive.subarray(at)]);

test('a JPEG without oddities stays as it is', () => {
  expect(plainJpeg(progressive)).toEqual(progressive);
});

test('bytes between segments and behind the end, and unknown versions, go', async () => {
  expect(plainJpeg(withBytes(2, 0, 7, 0))).toEqual(progressive);
  expect(plainJpeg(withBytes(progressive.length, 1, 2, 3))).toEqual(progressive);
  const { data } = await decodeImage(progressive);
  const adobe = [0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 9];
  expect((await decodeImage(withBytes(2, ...adobe, 5))).data).toEqual(data);
});
