import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placesWaitedFor } from './look-ahead.js';

test('so many operations may be under way, and more where they are small', () => {
  expect(placesWaitedFor([1, 1, 1, 1], 2, 0)).toEqual([[], [], [0], [1]]);
  expect(placesWaitedFor([1, 1, 1, 1], 1, 0)).toEqual([[], [0], [1], [2]]);
  expect(placesWaitedFor([1, 1, 1, 1], 1, 3)).toEqual([[], [], [0], [1]]);
  expect(placesWaitedFor([9, 1, 1, 1], 1, 4)).toEqual([[], [0], [0], [0]]);
  expect(placesWaitedFor([1, 1, 1, 1], Infinity, 0)).toEqual([[], [], [], []]);
});

test('it is the last place with at least so many operations and bytes from there on', () => {
  const outputs = fc.array(fc.nat(20), { maxLength: 30 });
  fc.assert(
    fc.property(outputs, fc.integer({ min: 1, max: 12 }), fc.nat(100), (sizes, most, bytes) => {
      const sum = (from: number, to: number): number => sizes.slice(from, to + 1).reduce((total, size) => total + size, 0);
      const wanted = sizes.map((_, place) => {
        const places = sizes.map((__, earlier) => earlier).filter((earlier) => earlier <= place - most && sum(earlier, place) >= bytes);
        return places.slice(-1);
      });
      expect(placesWaitedFor(sizes, most, bytes)).toEqual(wanted);
    }),
  );
});
