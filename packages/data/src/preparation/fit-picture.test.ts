import { resizeBilinear } from '@stargan/resizing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noiseImage } from '../testing/pictures.js';
import { fitPicture, isEnlarged, type PictureFit } from './fit-picture.js';

const level = ([value]: readonly number[]) => value;
const pixel = (image: ReturnType<typeof noiseImage>, x: number, y: number): number[] => [
  ...image.data.subarray((y * image.width + x) * 3, (y * image.width + x) * 3 + 3),
];

test('stretching is what loading does', () => {
  const image = noiseImage(31, 17);
  expect(fitPicture(image, 8, 'stretch')).toEqual(resizeBilinear(image, 8, 8));
});

test('cropping takes the largest square in the middle, and nothing beside it', () => {
  const middle = noiseImage(10, 10, 1);
  const wide = { width: 20, height: 10, data: new Uint8Array(20 * 10 * 3).fill(255) };
  for (let y = 0; y < 10; y++) wide.data.set(middle.data.subarray(y * 30, (y + 1) * 30), (y * 20 + 5) * 3);
  const tall = { width: 10, height: 21, data: new Uint8Array(10 * 21 * 3).fill(255) };
  tall.data.set(middle.data, 5 * 10 * 3);
  expect(fitPicture(wide, 4, 'crop')).toEqual(resizeBilinear(middle, 4, 4));
  expect(fitPicture(tall, 4, 'crop')).toEqual(resizeBilinear(middle, 4, 4));
});

test('padding keeps all of the picture, its shape and its middle', () => {
  const white = { width: 20, height: 10, data: new Uint8Array(20 * 10 * 3).fill(255) };
  const padded = fitPicture(white, 8, 'pad');
  const column = Array.from({ length: 8 }, (_, y) => level(pixel(padded, 3, y)));
  expect(column).toEqual([0, 0, 255, 255, 255, 255, 0, 0]);
  expect(
    fitPicture({ width: 1, height: 500, data: new Uint8Array(1500).fill(255) }, 8, 'pad').data.filter((value) => value > 0),
  ).toHaveLength(24);
});

test('the result has the size that was asked for, whatever comes', () => {
  const side = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(
      side,
      side,
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom<PictureFit>('crop', 'pad', 'stretch'),
      (width, height, size, fit) => {
        const { data, ...sides } = fitPicture(noiseImage(width, height), size, fit);
        expect(sides).toEqual({ width: size, height: size });
        expect(data).toHaveLength(size * size * 3);
      },
    ),
  );
});

test('enlarging is what makes more pixels than there were', () => {
  const image = { width: 100, height: 50 };
  expect((['crop', 'pad', 'stretch'] as const).map((fit) => isEnlarged(image, 64, fit))).toEqual([true, false, true]);
  expect((['crop', 'pad', 'stretch'] as const).map((fit) => isEnlarged(image, 50, fit))).toEqual([false, false, false]);
});
