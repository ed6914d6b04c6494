import { expect, test } from 'vitest';
import { landmarkSquare } from './landmark-square.js';

const at = (x: number, y: number): { x: number; y: number } => ({ x, y });

test('four times the distance of the eyes, or 3.6 times that to the mouth, a tenth of the way from eyes to mouth', () => {
  const wide = landmarkSquare({ leftEye: at(40, 50), rightEye: at(60, 50), leftMouth: at(42, 70), rightMouth: at(58, 70) });
  expect(wide).toEqual({ left: 10, top: 12, width: 80, height: 80 });
  // Seen from the side, the eyes are close to each other.
  const narrow = landmarkSquare({ leftEye: at(50, 50), rightEye: at(50, 50), leftMouth: at(50, 70), rightMouth: at(50, 70) });
  expect(narrow).toEqual({ left: 14, top: 16, width: 72, height: 72 });
});

test('the square is as large when the head is tilted, and does not turn', () => {
  const upright = landmarkSquare({ leftEye: at(-10, 0), rightEye: at(10, 0), leftMouth: at(-8, 20), rightMouth: at(8, 20) });
  const tilted = landmarkSquare({ leftEye: at(0, -10), rightEye: at(0, 10), leftMouth: at(-20, -8), rightMouth: at(-20, 8) });
  expect(tilted.width).toBeCloseTo(upright.width, 12);
  expect(tilted.left + tilted.width / 2).toBeCloseTo(-2, 12);
  expect(tilted.top + tilted.height / 2).toBeCloseTo(0, 12);
});
