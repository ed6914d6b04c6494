import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { float32ToFloat16, smallFloatsToFloat32 } from './small-floats.js';

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

const valueOf = (half: number): number => smallFloatsToFloat32('F16', Uint16Array.of(half).buffer)[0]!;

describe('half floats', () => {
  test('go out and back unchanged, all of them', () => {
    const all = Uint16Array.from({ length: 0x10000 }, (_, code) => code);
    const back = float32ToFloat16(smallFloatsToFloat32('F16', all.buffer));
    // One that signals becomes one that does not, as IEEE 754 has it.
    const quiet = all.map((code) => ((code & 0x7fff) > 0x7c00 ? code | 0x200 : code));
    expect(back).toEqual(quiet);
  });

  test('are the nearest to any float32, and of two the even one', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.float({ min: -70_000, max: 70_000 }), fc.float({ min: Math.fround(-1e-4), max: Math.fround(1e-4) })),
        (value) => {
          const half = float32ToFloat16(Float32Array.of(value))[0]!;
          if (Math.abs(value) >= 65_520) return (half & 0x7fff) === 0x7c00;
          const error = Math.abs(valueOf(half) - value);
          return [half - 1, half + 1]
            .filter((other) => ((other ^ half) & 0x8000) === 0 && Number.isFinite(valueOf(other)))
            .every((other) => {
              const otherError = Math.abs(valueOf(other) - value);
              return error < otherError || (error === otherError && (half & 1) === 0);
            });
        },
      ),
      { numRuns: 2000 },
    );
  });

  // As torch.tensor(values).half().view(torch.int16) gives them, PyTorch 2.13.
  test('are rounded as PyTorch rounds', () => {
    const values = [0, -0, 1, 1.0004883, 1.0014648, 65504, 65519.99, 65520, -1e9, 6e-8, 2.9802322e-8, 2.9802326e-8, 6.1e-5, 1e-12];
    const expected = [0, 0x8000, 0x3c00, 0x3c00, 0x3c02, 0x7bff, 0x7bff, 0x7c00, 0xfc00, 1, 0, 1, 0x3ff, 0];
    expect([...float32ToFloat16(Float32Array.from(values))]).toEqual(expected);
  });
});
