import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinctNames, planOutputNames, portablePart } from './output-names.js';

describe('planOutputNames', () => {
  it('names a result after its picture, without its ending', () => {
    expect(planOutputNames(['a.jpg', 'cats/b.tar.png', 'noending', '.hidden'], ['seed-1'])).toEqual([
      ['a'],
      ['cats/b.tar'],
      ['noending'],
      ['.hidden'],
    ]);
  });

  it('adds the style where there are several', () => {
    expect(planOutputNames(['a.jpg'], ['seed-1', 'seed-2'])).toEqual([['a-seed-1', 'a-seed-2']]);
  });

  it('numbers those that would be the same, and leaves the names of others to them', () => {
    expect(planOutputNames(['a.jpg', 'a.png', 'a-2.png', 'A.gif'], ['x']).flat()).toEqual(['a', 'a-3', 'a-2', 'A-4']);
    expect(planOutputNames(['é.jpg', 'e\u0301.jpg'], ['x']).flat()).toEqual(['é', 'e\u0301-2']);
    expect(planOutputNames(['a.jpg'], ['cat', 'cat', 'CAT']).flat()).toEqual(['a-cat', 'a-cat-2', 'a-CAT-3']);
  });

  it('never gives two results one name, nor one that is not UTF-8, leads elsewhere or is too long', () => {
    const part = fc
      .oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), fc.constantFrom('a', 'A', 'a-2', '\udce9', 'é', 'e\u0301'))
      .map((text) => text.replaceAll('/', '_'))
      .filter((text) => text !== '.' && text !== '..');
    const picture = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.array(picture, { maxLength: 12 }), fc.array(part, { minLength: 1, maxLength: 4 }), (pictures, styles) => {
        const names = planOutputNames(pictures, styles).flat();
        expect(names).toHaveLength(pictures.length * styles.length);
        expect(new Set(names.map((name) => name.normalize('NFC').toLowerCase())).size).toBe(names.length);
        for (const name of names) {
          expect(Buffer.from(name).toString()).toBe(name);
          for (const one of name.split('/')) {
            expect(['', '.', '..']).not.toContain(one);
            expect(Buffer.byteLength(`${one}.webp.partial`)).toBeLessThanOrEqual(255);
          }
        }
      }),
    );
  });
});

describe('portablePart', () => {
  it('writes bytes that are not UTF-8 as percent and their digits, and keeps letters of every script', () => {
    expect(portablePart('caf\udce9')).toBe('caf%E9');
    expect(portablePart('猫😀')).toBe('猫😀');
    expect(portablePart('a\nb:c')).toBe('a_b_c');
  });

  it('avoids names that Windows keeps for itself or does not have', () => {
    expect(['con', 'NUL.tar', 'com1', 'console', 'a. .', '..'].map(portablePart)).toEqual([
      '_con',
      '_NUL.tar',
      '_com1',
      'console',
      'a___',
      '__',
    ]);
  });

  it('shortens at a character', () => {
    expect(portablePart('é'.repeat(80))).toBe('é'.repeat(50));
  });
});

describe('distinctNames', () => {
  it('numbers ten thousand of one name without delay', () => {
    expect(new Set(distinctNames(Array.from({ length: 10_000 }, () => 'a'))).size).toBe(10_000);
  });
});
