import type { Box } from '@stargan/resizing';

/** A resize of `noiseImage(…from, 3)` and what Pillow makes of it. */
export interface PillowResult {
  readonly from: readonly [width: number, height: number];
  readonly to: readonly [width: number, height: number];
  /** Cropped to this before. */
  readonly box?: Box;
  /** h = 31 h + level over all levels of `Image.resize(to, BILINEAR)`, wrapped to 32 bits. */
  readonly fingerprint: number;
}

/** Computed with Pillow 13.0.0. */
export const pillowResults: readonly PillowResult[] = [
  { from: [1, 1], to: [5, 3], fingerprint: 2118892510 },
  { from: [9, 7], to: [1, 1], fingerprint: 127354 },
  { from: [40, 30], to: [16, 16], box: { left: 3, top: 2, width: 30, height: 27 }, fingerprint: -429128612 },
  { from: [31, 47], to: [64, 64], fingerprint: 962907849 },
  { from: [100, 75], to: [33, 21], box: { left: 20, top: 5, width: 11, height: 70 }, fingerprint: -1226416614 },
  { from: [23, 103], to: [1, 23], fingerprint: 1086594999 },
  { from: [97, 68], to: [120, 8], fingerprint: 1960740530 },
  { from: [64, 64], to: [32, 64], fingerprint: 643592425 },
  { from: [20, 20], to: [17, 50], fingerprint: -1137620539 },
  { from: [50, 200], to: [25, 25], fingerprint: -1597989942 },
];
