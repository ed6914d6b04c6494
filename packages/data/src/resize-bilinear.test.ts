import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeImage } from './decode-image.js';
import type { Box, RgbImage } from '@stargan/resizing';
import { pixelsToFloats } from '@stargan/resizing';
import { resizeBilinear } from '@stargan/resizing';
import { pillowResults } from './testing/pillow-results.js';
import { noiseImage } from './testing/pictures.js';
import { safetensor } from './testing/safetensor.js';

const side = fc.integer({ min: 1, max: 40 });

function cropped(image: RgbImage, { left, top, width, height }: Box): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

describe('resizeBilinear', () => {
  test('gives a constant image for a constant image', () => {
    fc.assert(
      fc.property(side, side, side, side, fc.integer({ min: 0, max: 255 }), (width, height, toWidth, toHeight, level) => {
        const image = { width, height, data: new Uint8Array(width * height * 3).fill(level) };
        const result = resizeBilinear(image, toWidth, toHeight);
        expect(result.data.length).toBe(toWidth * toHeight * 3);
        expect(result.data.every((value) => value === level)).toBe(true);
      }),
    );
  });

  test('returns the same pixels at the same size', () => {
    const image = noiseImage(13, 9);
    expect([...resizeBilinear(image, 13, 9).data]).toEqual([...image.data]);
  });

  test('resizes a box as if the image had been cropped first', () => {
    fc.assert(
      fc.property(side, side, side, side, fc.nat(), fc.nat(), fc.nat(), fc.nat(), (width, height, toWidth, toHeight, l, t, w, h) => {
        const image = noiseImage(width, height, l);
        const left = l % width;
        const top = t % height;
        const box = { left, top, width: 1 + (w % (width - left)), height: 1 + (h % (height - top)) };
        const direct = resizeBilinear(image, toWidth, toHeight, box);
        expect([...direct.data]).toEqual([...resizeBilinear(cropped(image, box), toWidth, toHeight).data]);
      }),
    );
  });

  test('averages with a triangle when it shrinks', () => {
    const image = { width: 4, height: 1, data: Uint8Array.from([0, 80, 160, 240].flatMap((level) => [level, level, level])) };
    // Weights 3/7, 3/7, 1/7 of the pixels at hand for both results.
    const levels = [(0 * 3 + 80 * 3 + 160) / 7, (80 + 160 * 3 + 240 * 3) / 7].map(Math.round);
    expect([...resizeBilinear(image, 2, 1).data]).toEqual(levels.flatMap((level) => [level, level, level]));
  });

  test.each(pillowResults)('equals Pillow for $from → $to', ({ from, to, box, fingerprint }) => {
    const image = noiseImage(from[0], from[1], 3);
    expect(pillowResults.length).toBeGreaterThan(5);
    const result = resizeBilinear(image, to[0], to[1], box);
    let hash = 0;
    for (const level of result.data) hash = (Math.imul(hash, 31) + level) | 0;
    expect(hash).toBe(fingerprint);
  });

  test('refuses sizes and boxes that make no sense', () => {
    const image = noiseImage(10, 8);
    expect(() => resizeBilinear(image, 0, 4)).toThrow('resizeBilinear: width must be a whole number ≥ 1, got 0');
    expect(() => resizeBilinear(image, 4, 1.5)).toThrow('resizeBilinear: height must be a whole number ≥ 1, got 1.5');
    expect(() => resizeBilinear(image, 4, 4, { left: 5, top: 0, width: 6, height: 8 })).toThrow(
      'box must lie inside the 10×8 image, got 6×8 at (5, 0)',
    );
    expect(() => resizeBilinear(image, 4, 4, { left: -1, top: 0, width: 6, height: 8 })).toThrow('box.left');
  });
});

const goldens = fileURLToPath(new URL('../../../../shared/goldens/', import.meta.url));
if (!existsSync(goldens)) console.log('resizeBilinear: no folder of golden values; the comparison with the reference is skipped');

describe.skipIf(!existsSync(goldens))('preprocessing of the reference implementation', () => {
  test.each(['a', 'b', 'c', 'd'])('is matched bit for bit on picture %s', async (name) => {
    const picture = (what: string) => decodeImage(`${goldens}preprocessing/${name}_${what}.png`);
    const { cases } = JSON.parse(readFileSync(`${goldens}manifest.json`, 'utf8')) as { cases: { id: string; config: { crop_box: Box } }[] };
    const box = cases.find(({ id }) => id === `preprocess-${name}`)!.config.crop_box;
    const source = await picture('source');
    const small = resizeBilinear(source, 64, 64);
    const crop = resizeBilinear(source, 64, 64, box);
    expect(differing(small, await picture('64'))).toBe(0);
    expect(differing(crop, await picture('crop'))).toBe(0);
    expect(differing(resizeBilinear(source, 256, 256), await picture('256'))).toBe(0);

    const tensors = `${goldens}preprocess-${name}.safetensors`;
    expect(differing({ data: planar(pixelsToFloats(small), 64, 1) }, { data: safetensor(tensors, 'resize64') })).toBe(0);
    const flipped = planar(pixelsToFloats(crop, { flip: true }), 64, 3);
    expect(differing({ data: flipped }, { data: safetensor(tensors, 'crop_flipped') })).toBe(0);
  });
});

/** Number of values that differ. */
function differing(a: { readonly data: ArrayLike<number> }, b: { readonly data: ArrayLike<number> }): number {
  expect(a.data.length).toBe(b.data.length);
  return Array.from(a.data).filter((value, i) => value !== b.data[i]).length;
}

/** [side, side, 3] to [3, side, side], every `stride`-th row and column. */
function planar(values: Float32Array, size: number, stride: number): Float32Array {
  const positions = Array.from({ length: Math.ceil(size / stride) }, (_, i) => i * stride);
  return Float32Array.from([0, 1, 2].flatMap((c) => positions.flatMap((y) => positions.map((x) => values[(y * size + x) * 3 + c]!))));
}
