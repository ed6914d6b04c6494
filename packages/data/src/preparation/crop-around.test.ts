import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cropAround } from './crop-around.js';

const picture = { width: 100, height: 60 };

describe('the square around a box', () => {
  test('has the longer side and twice the margin, and the middle of the box', () => {
    expect(cropAround({ left: 30, top: 20, width: 10, height: 20 }, 0, picture)).toEqual({
      box: { left: 25, top: 20, width: 20, height: 20 },
    });
    expect(cropAround({ left: 30, top: 20, width: 10, height: 20 }, 0.3, picture)).toEqual({
      box: { left: 19, top: 14, width: 32, height: 32 },
    });
    expect(cropAround({ left: 40.4, top: 20.3, width: 20.4, height: 11 }, 0, picture)).toEqual({
      box: { left: 41, top: 16, width: 20, height: 20 },
    });
  });

  test('is moved into the picture where it sticks out, at its full size', () => {
    expect(cropAround({ left: -4, top: 50, width: 10, height: 10 }, 0.5, picture)).toEqual({
      box: { left: 0, top: 40, width: 20, height: 20 },
      changed: 'moved',
    });
    expect(cropAround({ left: 90, top: -3, width: 20, height: 8 }, 0, picture)).toEqual({
      box: { left: 80, top: 0, width: 20, height: 20 },
      changed: 'moved',
    });
  });

  test('is shrunk to the shorter side where it is larger, around its middle if it can', () => {
    expect(cropAround({ left: 20, top: 0, width: 50, height: 50 }, 0.3, picture)).toEqual({
      box: { left: 15, top: 0, width: 60, height: 60 },
      changed: 'shrunk',
    });
    expect(cropAround({ left: 60, top: -100, width: 500, height: 500 }, 0, picture)).toEqual({
      box: { left: 40, top: 0, width: 60, height: 60 },
      changed: 'shrunk',
    });
  });

  test('is that of the picture alone: of a box wholly outside there is none', () => {
    for (const [left, top] of [
      [100, 0],
      [0, 60],
      [-10, 0],
      [0, -10],
    ] as const)
      expect(cropAround({ left, top, width: 10, height: 10 }, 1, picture)).toBeUndefined();
    expect(cropAround({ left: -9.5, top: 59.5, width: 10, height: 10 }, 0, picture)?.box).toEqual({
      left: 0,
      top: 50,
      width: 10,
      height: 10,
    });
  });

  test('lies inside and is no smaller than asked but where the picture is, whatever the box', () => {
    const place = fc.double({ min: -200, max: 200, noNaN: true });
    const side = fc.double({ min: 0.01, max: 400, noNaN: true });
    const sides = fc.integer({ min: 1, max: 150 });
    fc.assert(
      fc.property(place, place, side, side, fc.double({ min: 0, max: 1, noNaN: true }), sides, sides, (left, top, w, h, margin, W, H) => {
        const crop = cropAround({ left, top, width: w, height: h }, margin, { width: W, height: H });
        const overlaps = left < W && top < H && left + w > 0 && top + h > 0;
        expect(crop !== undefined).toBe(overlaps);
        if (crop === undefined) return;
        const { box } = crop;
        expect(Object.values(box).every(Number.isSafeInteger)).toBe(true);
        expect([box.left >= 0, box.top >= 0, box.left + box.width <= W, box.top + box.height <= H]).toEqual([true, true, true, true]);
        expect(box.width).toBe(box.height);
        expect(box.width).toBe(Math.min(W, H, Math.max(1, Math.round(Math.max(w, h) * (1 + 2 * margin)))));
      }),
    );
  });
});
