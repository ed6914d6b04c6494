import { expect, test } from 'vitest';
import { recogniseImage } from './image-formats.js';

const recognised = (start: string): unknown => recogniseImage(Buffer.from(start, 'latin1'));

test.each([
  ['\xff\xd8\xff\xe0', { name: 'JPEG', format: 'jpeg' }],
  ['\x89PNG\r\n\x1a\n', { name: 'PNG', format: 'png' }],
  ['RIFF\x10\0\0\0WEBPVP8 ', { name: 'WebP', format: 'webp' }],
  ['GIF89a', { name: 'GIF', format: 'gif' }],
  ['II*\0\x08\0\0\0', { name: 'TIFF', format: 'tiff' }],
  ['MM\0+\0\x08\0\0', { name: 'TIFF', format: 'tiff' }],
  ['\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf', { name: 'AVIF', format: 'avif' }],
  ['\0\0\0\x18ftypmif1\0\0\0\0avifmif1', { name: 'AVIF', format: 'avif' }],
  [`BM${'\0'.repeat(12)}\x28\0\0\0`, { name: 'BMP', format: 'bmp' }],
  ['P6\n1 1\n255\n', { name: 'PPM', format: 'pnm' }],
])('%j is read', (start, expected) => {
  expect(recognised(start)).toEqual(expected);
});

test.each([
  ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'HEIC'],
  ['\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'HEIC'],
  ['\0\0\0\x1cftypavis\0\0\0\0avifavis', 'AVIF sequence'],
  ['\0\0\0\x14ftypisom\0\0\0\0isom', 'video'],
  ['<svg xmlns="http://www.w3.org/2000/svg">', 'SVG'],
  ['<?xml version="1.0"?>\n<!-- drawn by hand -->\n<!DOCTYPE svg>\n<svg>', 'SVG'],
  ['\0\0\0\x0cjP  \r\n\x87\n', 'JPEG 2000'],
  ['\xff\x0a', 'JPEG XL'],
  ['\0\0\x01\0\x01\0\x10\x10', 'Windows icon'],
  ['8BPS\0\x01', 'Photoshop'],
])('%j is known and not read', (start, name) => {
  expect(recognised(start)).toEqual({ name });
});

test.each(['', 'B', 'BM', 'notes', '<?xml version="1.0"?><html>', 'RIFF\x10\0\0\0WAVE', '\xff\xd8', 'P9 '])('%j is no picture', (start) => {
  expect(recognised(start)).toBeUndefined();
});

test('a long start without a picture is judged quickly', () => {
  expect(recognised(`<?xml ${'<!-- '.repeat(2000)}`)).toBeUndefined();
});
