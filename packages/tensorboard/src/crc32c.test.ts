import { describe, expect, it } from 'vitest';
import { crc32c, maskedCrc32c } from './crc32c.js';

describe('CRC-32C', () => {
  // RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
  it.each([
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(255), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['123456789', new TextEncoder().encode('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(0), 0],
  ])('of %s is the published one', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  // masked_crc32c of TensorBoard 2.21.0.
  it.each([
    ['123456789', new TextEncoder().encode('123456789'), 3347755237],
    ['32 zeros', new Uint8Array(32), 265814010],
    ['nothing', new Uint8Array(0), 2726488792],
  ])('of %s is masked as TFRecord files mask it', (_, bytes, expected) => {
    expect(maskedCrc32c(bytes)).toBe(expected);
  });
});
