import { expect, test } from 'vitest';
import { decoderFault, decoderReason, surprises } from './decoder-reason.js';

const harmless = 'VipsJpeg: Corrupt JPEG data: 1 extraneous bytes before marker 0xdb';

test('the cause is the last line that is no harmless warning', () => {
  expect(decoderReason('jpeg', new Error(`${harmless}\n${harmless}\nVipsJpeg: premature end of JPEG image`))).toBe(
    'premature end of JPEG image',
  );
  expect(
    decoderReason('jpeg', new Error(`Input buffer has corrupt header: ${harmless}\nVipsJpeg: Invalid component ID 93 in SOS\n${harmless}`)),
  ).toBe('Invalid component ID 93 in SOS');
});

test('where the error says nothing, the warnings do', () => {
  expect(decoderReason('png', new Error('Unknown error'), ['not enough data'])).toBe('not enough data');
  expect(decoderReason('png', new Error('vipspng: libpng read error'), ['bad adaptive filter value', 'error in tile 0 x 0'])).toBe(
    'bad adaptive filter value',
  );
  expect(decoderReason('png', new Error('Input buffer has corrupt header:'))).toBe('the decoder gives no reason');
  expect(decoderReason('webp', new Error('Input buffer contains unsupported image format'))).toBe(
    'its header makes no sense to the decoder',
  );
});

test('lines on pictures of other formats, decoded by other threads, are passed over', () => {
  const texts = ['VipsJpeg: premature end of JPEG image', 'heif: Invalid input', 'read gave 2 warnings'];
  expect(surprises(texts, 'jpeg')).toEqual(['premature end of JPEG image']);
  expect(decoderReason('avif', new Error(texts[0]), texts)).toBe('Invalid input');
});

test('kinds of TIFF that the decoder was not built for are not called damaged', () => {
  expect(decoderFault('tiff', 'LZMA compression support is not configured')).toMatchObject({ problem: 'unsupported' });
  expect(decoderFault('tiff', 'Not enough data for scanline 0')).toMatchObject({ problem: 'damaged' });
});
