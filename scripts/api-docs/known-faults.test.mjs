import { expect, test } from 'vitest';
import { besideKnown, nameOf } from './known-faults.mjs';

const property = '@made/up.A.of (Property), defined in @made/up/src/a.ts, does not have any documentation';
const parameter = '@made/up.half, defined in src/half.ts, has a parameter without a doc comment: x; write an @param';

test('faults that are known pass, others do not, and known ones that are gone must be taken off the list', () => {
  expect(besideKnown([property, parameter], ['@made/up.A.of (Property)', '@made/up.half, x'])).toEqual([]);
  expect(besideKnown([property, parameter], ['@made/up.half, x'])).toEqual([property]);
  expect(besideKnown([], ['@made/up.half, x'])).toEqual([
    '@made/up.half, x is documented, or gone: take it off scripts/api-docs/undocumented.json',
  ]);
});

test('a fault keeps its name when its file moves', () => {
  expect(nameOf(property.replace('src/a.ts', 'src/b.ts'))).toBe(nameOf(property));
});
