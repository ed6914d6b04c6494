import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pathBytes } from '../path-names.js';
import { noiseImage, writePng } from '../testing/pictures.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { openPreparationSource } from './open-source.js';

async function table(content: string | Buffer, name = 'images.csv') {
  const directory = await temporaryDirectory();
  await writePng(join(directory, 'photos', '1.png'), noiseImage(4, 4));
  const file = join(directory, name);
  await writeFile(file, content);
  return { directory, source: await openPreparationSource(file) };
}

describe('a table', () => {
  test('may be quoted, marked, separated by semicolons or tabs, with more columns', async () => {
    for (const [content, name] of [
      ['file,domain\nphotos/1.png,cat\n"a, b.png","big ""dog"""\n', 'a.csv'],
      ['\ufeffAge;Domain;File\r\n7;cat;photos/1.png\r\n8;"big ""dog""";a, b.png\r\n', 'b.csv'],
      ['file\tdomain\nphotos/1.png\tcat\na, b.png\t"big ""dog"""', 'c.tsv'],
    ] as const) {
      const { source, directory } = await table(content, name);
      expect(source.images.map(({ domain, file }) => [domain, file])).toEqual([
        ['cat', join(directory, 'photos/1.png')],
        ['big "dog"', join(directory, 'a, b.png')],
      ]);
      expect(source.notes).toEqual(name === 'b.csv' ? ['columns of the table that are not read: Age'] : []);
    }
  });

  test('names files that are not UTF-8, by Windows separators, and twice', async () => {
    const content = Buffer.concat([
      Buffer.from('file,domain\nphotos\\1.png,cat\nphotos\\1.png,cat\nphotos\\1.png,dog\ncaf'),
      Buffer.of(0xe9),
      Buffer.from('.png,dog\n'),
    ]);
    const { source, directory } = await table(content);
    expect(source.images.map(({ file }) => file)).toEqual([
      join(directory, 'photos/1.png'),
      join(directory, 'photos/1.png'),
      join(directory, 'caf\udce9.png'),
    ]);
    expect(pathBytes(source.images[2]!.file!)).toEqual(
      Buffer.concat([Buffer.from(`${directory}/caf`), Buffer.of(0xe9), Buffer.from('.png')]),
    );
    expect(source.notes).toEqual([
      '1 entry repeats another and is left out',
      '1 file is named more than once, by several domains or under several names',
    ]);
  });

  test.each([
    ['', /is empty/],
    ['name,label\n1.png,cat\n', /must have the columns file and domain, got name, label/],
    ['file,domain\n', /names no files/],
    ['file,domain\n1.png\n', /entry 1 has no domain/],
    ['file,domain\n1.png,../up\n', /entry 1: the domain "\.\.\/up" is no name of a single folder/],
    ['file,domain\n"1.png,cat\n', /is no CSV that can be read/],
    [Buffer.from('\ufefffile,domain\n', 'utf16le'), /is encoded as UTF-16/],
  ])('%j is refused', async (content, message) => {
    await expect(table(content)).rejects.toThrow(message);
  });
});

test('what is no source is refused by name', async () => {
  await expect(table('file,domain\n', 'images.txt')).rejects.toThrow(/images\.txt is neither a folder nor a \.csv or \.zip file/);
  await expect(openPreparationSource('/nowhere/at/all')).rejects.toThrow('/nowhere/at/all does not exist; check the path');
});
