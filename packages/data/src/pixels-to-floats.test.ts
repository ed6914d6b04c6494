import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pixelsToFloats } from '@stargan/resizing';
import { noiseImage } from './testing/pictures.js';

test('pixelsToFloats brings 0 … 255 to −1 … 1', () => {
  const levels = { width: 1, height: 1, data: Uint8Array.from([0, 51, 255]) };
  expect([...pixelsToFloats(levels)]).toEqual([-1, expect.closeTo(-0.6, 6), 1]);
});

test('a flip of a flip is the image', () => {
  const side = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(side, side, fc.nat(), (width, height, seed) => {
      const image = noiseImage(width, height, seed);
      const flipped = pixelsToFloats(image, { flip: true });
      const levels = Uint8Array.from(flipped, (value) => Math.round(((value + 1) / 2) * 255));
      const twice = pixelsToFloats({ width, height, data: levels }, { flip: true });
      expect(twice).toEqual(pixelsToFloats(image));
    }),
  );
});

test('a flip mirrors left and right and keeps the order of the channels', () => {
  const image = { width: 2, height: 1, data: Uint8Array.from([0, 51, 102, 153, 204, 255]) };
  const rounded = [...pixelsToFloats(image, { flip: true })].map((value) => Math.round(value * 10) / 10);
  expect(rounded).toEqual([0.2, 0.6, 1, -1, -0.6, -0.2]);
});

test('pixelsToFloats writes into a place of a batch and nowhere else', () => {
  const image = noiseImage(2, 3);
  const target = new Float32Array(30).fill(9);
  expect(pixelsToFloats(image, { target, offset: 7 })).toBe(target);
  expect([...target.subarray(0, 7), ...target.subarray(25)]).toEqual(new Array(12).fill(9));
  expect(target.subarray(7, 25)).toEqual(pixelsToFloats(image));
});

test('pixelsToFloats refuses a target without room', () => {
  expect(() => pixelsToFloats(noiseImage(2, 3), { target: new Float32Array(20), offset: 3 })).toThrow(
    'pixelsToFloats: target must have room for 18 values from 3, got length 20',
  );
});
