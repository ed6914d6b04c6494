import { expect, test } from 'vitest';
import { smallFloatsToFloat32 } from './small-floats.js';

const values = (dtype: Parameters<typeof smallFloatsToFloat32>[0], ...codes: readonly number[]): number[] => [
  ...smallFloatsToFloat32(dtype, Uint8Array.from(codes).buffer),
];

// As torch.tensor(codes, dtype=torch.uint8).view(dtype).float() gives them, PyTorch 2.13.
test.each([
  ['F8_E4M3', [0, 0x80, 1, 8, 0x38, 0xb9, 0x7e, 0x7f, 0xff], [0, -0, 2 ** -9, 2 ** -6, 1, -1.125, 448, NaN, NaN]],
  ['F8_E4M3FNUZ', [0, 0x80, 1, 8, 0x40, 0xc1, 0x7f, 0xff], [0, NaN, 2 ** -10, 2 ** -7, 1, -1.125, 240, -240]],
  ['F8_E5M2', [0, 0x80, 1, 4, 0x3c, 0xbd, 0x7b, 0x7c, 0xfc, 0x7d], [0, -0, 2 ** -16, 2 ** -14, 1, -1.25, 57344, Infinity, -Infinity, NaN]],
  ['F8_E5M2FNUZ', [0, 0x80, 1, 4, 0x40, 0xc1, 0x7f], [0, NaN, 2 ** -17, 2 ** -15, 1, -1.25, 57344]],
  ['F8_E8M0', [0, 1, 127, 128, 254, 255], [2 ** -127, 2 ** -126, 1, 2, 2 ** 127, NaN]],
] as const)('%s becomes float32 exactly', (dtype, codes, expected) => {
  expect(values(dtype, ...codes)).toEqual(expected);
});
