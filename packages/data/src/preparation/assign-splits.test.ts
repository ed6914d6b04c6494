import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { assignSplits, type ValidationChoice } from './assign-splits.js';
import type { PreparationSource } from './source-image.js';

const source = (names: readonly string[], hasSplits = false): PreparationSource => ({
  location: '/source',
  kind: 'folder',
  images: names.map((path) => {
    const [domain = '', ...rest] = path.split('/');
    const name = rest.join('/');
    return { path, domain, name, listedAs: [path], stamp: () => Promise.resolve(''), open: () => Promise.reject(new Error('not opened')) };
  }),
  hasSplits,
  passedOver: [],
  notes: [],
  close: () => Promise.resolve(),
});
const chosen = async (names: readonly string[], choice: ValidationChoice, seed = 0): Promise<string[]> =>
  (await assignSplits(source(names), choice, seed)).images.flatMap(({ image, split }) => (split === 'validation' ? [image.path] : []));
const numbered = (domain: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${domain}/${i}.png`);

describe('by share', () => {
  test('chooses about the share of each domain, others with another seed', async () => {
    const names = [...numbered('cat', 1000), ...numbered('dog', 1000)];
    const [first, second] = [await chosen(names, { share: 0.2 }), await chosen(names, { share: 0.2 }, 1)];
    for (const domain of ['cat', 'dog']) {
      const count = first.filter((name) => name.startsWith(domain)).length;
      // Six standard deviations of a binomial draw, which the fixed seed stays within for good.
      expect(Math.abs(count - 200)).toBeLessThan(76);
    }
    expect(second).not.toEqual(first);
  });

  test('adding images leaves those that are there where they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 30, max: 80 }), fc.integer({ min: 0, max: 60 }), fc.nat(1000), async (count, added, seed) => {
        const names = numbered('cat', count);
        const before = await chosen(names, { share: 0.3 }, seed);
        const after = await chosen([...names, ...numbered('new', 2), ...numbered('cat', count + added).slice(count)], { share: 0.3 }, seed);
        expect(after.filter((name) => names.includes(name))).toEqual(before);
      }),
    );
  });

  test('leaves every domain at least one image on both sides', async () => {
    for (const share of [1e-9, 0.5, 0.999999])
      for (const count of [2, 3]) {
        const held = await chosen(numbered('cat', count), { share });
        expect(held.length).toBeGreaterThanOrEqual(1);
        expect(held.length).toBeLessThan(count);
      }
    await expect(chosen(['cat/1.png', 'cat/2.png', 'dog/1.png'], { share: 0.5 })).rejects.toThrow(/the domain "dog" has one image/);
    await expect(chosen(numbered('cat', 3), { share: 1 })).rejects.toThrow(RangeError);
  });
});

describe('by list', () => {
  const listed = async (content: string | Buffer, names: readonly string[]): Promise<string[]> => {
    const list = join(await temporaryDirectory(), 'val.txt');
    await writeFile(list, content);
    return chosen(names, { list });
  };

  test('takes names with a mark, Windows line ends and separators, decomposed or not UTF-8', async () => {
    const names = ['cat/1.png', 'cat/caf\u00e9.png', 'dog/caf\udce9.png', 'dog/2.png', 'cat/3.png', 'dog/4.png'];
    const text = Buffer.concat([
      Buffer.from('\ufeffcat\\1.png\r\n\r\n./cat/cafe\u0301.png\ndog/caf'),
      Buffer.of(0xe9),
      Buffer.from('.png'),
    ]);
    expect(await listed(text, names)).toEqual(names.slice(0, 3));
  });

  test('names what is not there, and a domain that is all on one side', async () => {
    await expect(listed('cat/1.png\ncat/9.png', numbered('cat', 3))).rejects.toThrow(
      /val\.txt names 1 image that is not there: cat\/9\.png; name images as domain\/name, such as cat\/0\.png/,
    );
    await expect(listed('cat/1.png', [...numbered('cat', 3), ...numbered('dog', 2)])).rejects.toThrow(
      /no image of the domain "dog" is chosen/,
    );
    await expect(listed('cat/0.png\ncat/1.png', numbered('cat', 2))).rejects.toThrow(/every image of the domain "cat" is chosen/);
  });
});

test('splits of the source stay, and are not chosen over', async () => {
  await expect(assignSplits(source(numbered('cat', 3), true), { share: 0.5 }, 0)).rejects.toThrow(
    /has images for validation apart already/,
  );
  expect((await assignSplits(source(numbered('cat', 3)), undefined, 0)).identity).toBe('none');
});
