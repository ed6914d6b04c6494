import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hexColour } from './oklch.js';

test('hexColour knows black, white and the primaries of sRGB', () => {
  expect(hexColour({ lightness: 0, chroma: 0, hue: 0 })).toBe('#000000');
  expect(hexColour({ lightness: 1, chroma: 0, hue: 0 })).toBe('#ffffff');
  // OKLCH of #ff0000 and #0000ff, a hair inside the gamut.
  expect(hexColour({ lightness: 0.62796, chroma: 0.2576, hue: 29.234 })).toMatch(/^#f[ef]0[0-9a-f]0[0-9a-f]$/);
  expect(hexColour({ lightness: 0.45201, chroma: 0.3132, hue: 264.052 })).toMatch(/^#0[0-9a-f]0[0-9a-f]f[ef]$/);
});

test('hexColour gives a colour for every hue and chroma', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(unit, unit, fc.double({ min: -720, max: 720, noNaN: true }), (lightness, chroma, hue) => {
      expect(hexColour({ lightness, chroma, hue })).toMatch(/^#[0-9a-f]{6}$/);
    }),
  );
});
