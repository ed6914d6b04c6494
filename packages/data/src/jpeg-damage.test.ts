import { describe, expect, test } from 'vitest';
import { decodeImage } from './decode-image.js';
import { checkJpegData } from './jpeg-damage.js';
import { jpegSegments } from './jpeg-header.js';
import { baselineJpegs } from './testing/jpegs.js';
import { encodable, noiseImage } from './testing/pictures.js';

const files = Object.entries(baselineJpegs).map(([kind, text]) => ({ kind, whole: Buffer.from(text, 'base64') }));

const insert = (content: Buffer, at: number, ...bytes: number[]): Buffer =>
  Buffer.concat([content.subarray(0, at), Buffer.from(bytes), content.subarray(at)]);

/** Damage in the middle of the pixels. */
const damages: Readonly<Record<string, (whole: Buffer, middle: number) => Buffer>> = {
  'a download that began again': (whole, middle) => Buffer.concat([whole.subarray(0, middle), whole]),
  'a block of ff': (whole, middle) => Buffer.from(whole).fill(0xff, middle, middle + 160),
  'a block of zeros': (whole, middle) => Buffer.from(whole).fill(0, middle, middle + 160),
  'a stray table': (whole, middle) => insert(whole, middle, 0xff, 0xc4),
  'a stray scan': (whole, middle) => insert(whole, middle, 0xff, 0xda),
  'a stray frame': (whole, middle) => insert(whole, middle, 0xff, 0xc0),
  'a reserved marker': (whole, middle) => insert(whole, middle, 0xff, 0x02),
  'an end in the middle': (whole, middle) => Buffer.concat([whole.subarray(0, middle), Buffer.from([0xff, 0xd9])]),
  'bytes that are missing': (whole, middle) => Buffer.concat([whole.subarray(0, middle), whole.subarray(middle + 150)]),
};

function middleOfPixels(whole: Buffer): number {
  const scan = [...jpegSegments(whole)].at(-1)!.end;
  return Math.floor((scan + whole.length) / 2);
}

describe.each(files)('of a baseline JPEG ($kind)', ({ whole }) => {
  test('none is found where there is none', async () => {
    expect(checkJpegData(whole)).toBe('whole');
    await expect(decodeImage(whole)).resolves.toMatchObject({ width: 32, height: 32 });
  });

  test.each(Object.keys(damages))('%s is refused', async (damage) => {
    const content = damages[damage]!(whole, middleOfPixels(whole));
    await expect(decodeImage(content)).rejects.toMatchObject({
      problem: 'damaged',
      reason: expect.stringMatching(/^truncated or corrupt \(.+\)$/) as string,
    });
  });
});

describe('harmless oddities', () => {
  const whole = files[0]!.whole;

  test.each([
    ['a byte between two segments', insert(whole, 20, 0)],
    ['fill bytes before a marker', insert(whole, 20, 0xff, 0xff)],
    ['bytes behind the end', Buffer.concat([whole, Buffer.from('made by a camera')])],
    ['padding behind the pixels', insert(whole, whole.length - 2, ...Array<number>(200).fill(0))],
    [
      'an Adobe segment with an unknown transformation',
      insert(whole, 20, 0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 7),
    ],
  ])('%s is put up with', async (_, content) => {
    expect(checkJpegData(content)).toBe('whole');
    await expect(decodeImage(content)).resolves.toMatchObject({ width: 32, height: 32 });
  });

  test('a missing end is none of them, nor is an end in zeros', async () => {
    for (const content of [whole.subarray(0, -2), Buffer.from(whole).fill(0, middleOfPixels(whole))]) {
      await expect(decodeImage(content)).rejects.toMatchObject({ problem: 'damaged' });
    }
  });
});

describe('of a progressive JPEG', async () => {
  const whole = await encodable(noiseImage(40, 40)).jpeg({ progressive: true }).toBuffer();
  const middle = Math.floor(whole.length / 2);

  test('the decoder tells', async () => {
    expect(checkJpegData(whole)).toBe('unchecked');
    await expect(decodeImage(whole)).resolves.toMatchObject({ width: 40, height: 40 });
    await expect(decodeImage(insert(whole, 4 + whole.readUInt16BE(4), 0))).resolves.toMatchObject({ width: 40, height: 40 });
  });

  test.each(['a download that began again', 'a stray table', 'a stray frame', 'a reserved marker', 'an end in the middle'])(
    '%s is refused',
    async (damage) => {
      await expect(decodeImage(damages[damage]!(whole, middle))).rejects.toMatchObject({ problem: 'damaged' });
      await expect(decodeImage(whole.subarray(0, middle))).rejects.toMatchObject({ problem: 'damaged' });
    },
  );
});

test('a restart marker out of order is named', () => {
  const content = Buffer.from(files.find(({ kind }) => kind === 'withRestarts')!.whole);
  const marker = content.indexOf(Buffer.from([0xff, 0xd0]));
  content[marker + 1] = 0xd3;
  expect(checkJpegData(content)).toEqual({
    damage: expect.stringMatching(/^a restart marker is missing or out of order after \d+ % of the picture$/) as string,
  });
});
