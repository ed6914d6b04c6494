import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeImage } from './decode-image.js';
import { folderFault } from './folder-entries.js';
import { findImages, listImages, openImageFolders } from './image-folders.js';
import { countPassedOver } from './passed-over.js';
import { nameOfBytes, pathBytes } from './path-names.js';
import { readRegularFile } from './regular-file.js';
import { noiseImage, writePng } from './testing/pictures.js';
import { temporaryDirectory } from './testing/temporary-directory.js';

async function filled(...files: string[]): Promise<string> {
  const directory = await temporaryDirectory();
  for (const file of files) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await writeFile(join(directory, file), '');
  }
  return directory;
}

describe('openImageFolders', () => {
  test('labels domains by the code-unit order of their names', async () => {
    const { domains } = await openImageFolders(await filled('ä/1.png', 'b/1.png', 'a/1.png', 'B/1.png', '10/1.png', '9/1.png'));
    expect(domains.map(({ name }) => name)).toEqual(['10', '9', 'B', 'a', 'b', 'ä']);
  });

  test('finds images of every extension, in any case, at any depth, sorted, and leaves out the rest', async () => {
    const directory = await filled(
      'cat/b.jpg',
      'cat/a.JPEG',
      'cat/c.Png',
      'cat/deep/er/d.webp',
      'cat/notes.txt',
      'cat/e.GIF',
      'cat/f.heic',
      'cat/.hidden.png',
      'cat/._b.jpg',
      'cat/.thumbnails/f.png',
      'dog/1.png',
      '.cache/1.png',
      'readme.md',
      'attributes.jsonl',
    );
    const { domains } = await openImageFolders(directory);
    expect(domains.map(({ name }) => name)).toEqual(['cat', 'dog']);
    expect(domains[0]!.files.map((file) => relative(join(directory, 'cat'), file))).toEqual([
      'a.JPEG',
      'b.jpg',
      'c.Png',
      join('deep', 'er', 'd.webp'),
      'e.GIF',
    ]);
  });

  test('follows links, and ends where they lead in circles', async () => {
    const directory = await filled('cat/1.png', 'elsewhere/2.png', 'elsewhere/3.png');
    await symlink(directory, join(directory, 'cat', 'everything'));
    await symlink('.', join(directory, 'cat', 'itself'));
    await symlink('missing.png', join(directory, 'cat', 'broken.png'));
    await symlink(join(directory, 'elsewhere'), join(directory, 'linked'));
    const { domains } = await openImageFolders(directory);
    expect(domains.map(({ name }) => name)).toEqual(['cat', 'elsewhere', 'linked']);
    expect(domains[2]!.files).toHaveLength(2);
    // Its own, the broken link (which decoding will name) and the linked ones, each once.
    const names = domains[0]!.files.map((file) => relative(join(directory, 'cat'), file));
    expect(names).toEqual(['1.png', 'broken.png', 'everything/elsewhere/2.png', 'everything/elsewhere/3.png']);
  });

  test('says what is wrong with a directory', async () => {
    const empty = await temporaryDirectory();
    await expect(openImageFolders(join(empty, 'nowhere'))).rejects.toThrow(/nowhere does not exist; check the path/);
    await expect(openImageFolders(empty)).rejects.toThrow('holds no domain folders; make one folder per domain');
    const flat = await filled('a.png', 'b.png');
    await expect(openImageFolders(flat)).rejects.toThrow('holds images (a.png, …) but no domain folders; make one folder per domain in it');
    await expect(openImageFolders(join(flat, 'a.png'))).rejects.toThrow('is not a directory');
  });

  test('names a domain with no or too few images', async () => {
    const directory = await filled('cat/1.png', 'cat/2.png', 'dog/note.txt');
    await expect(openImageFolders(directory)).rejects.toThrow(/domain "dog" \(.*dog\) holds no images/);
    const few = await filled('cat/1.png', 'cat/2.png', 'dog/1.png');
    await expect(openImageFolders(few, { minimumImages: 2 })).rejects.toThrow(/domain "dog" \(.*\) must hold at least 2 images, got 1/);
  });
});

describe('what is passed over', () => {
  test('is counted by reason: other files, those of systems, hidden ones, images outside the domains', async () => {
    const directory = await filled(
      'cat/1.png',
      'cat/a.txt',
      'cat/b.TXT',
      'cat/LICENSE',
      'cat/.hidden.png',
      'cat/._1.png',
      'cat/Thumbs.db',
      'cat/1.png:Zone.Identifier',
      'cat/@eaDir/1.png/SYNOPHOTO_THUMB_M.jpg',
      'dog/1.png',
      'lost+found/x',
      '$RECYCLE.BIN/S-1/2.png',
      'System Volume Information/3.png',
      '__MACOSX/cat/._1.png',
      '.git/HEAD',
      'stray.png',
    );
    const { domains, passedOver } = await openImageFolders(directory);
    expect(domains.map(({ name, files }) => [name, files.length])).toEqual([
      ['cat', 1],
      ['dog', 1],
    ]);
    expect(countPassedOver(passedOver!)).toEqual([
      { kind: 'other', count: 3, called: { '.txt': 2, 'no extension': 1 } },
      { kind: 'stray', count: 1, called: { 'stray.png': 1 } },
      {
        kind: 'system',
        count: 7,
        called: {
          '$RECYCLE.BIN': 1,
          '1.png:Zone.Identifier': 1,
          '@eaDir': 1,
          'System Volume Information': 1,
          'Thumbs.db': 1,
          __MACOSX: 1,
          'lost+found': 1,
        },
      },
      { kind: 'hidden', count: 3, called: { '.git': 1, '._1.png': 1, '.hidden.png': 1 } },
    ]);
  });

  test.runIf(process.platform !== 'win32')('is what is no file: FIFOs and devices are never opened', async () => {
    const directory = await filled('cat/1.png');
    execFileSync('mkfifo', [join(directory, 'cat', 'x.png'), join(directory, 'cat', 'y')]);
    await symlink('/dev/zero', join(directory, 'cat', 'zero.png'));
    await symlink('nowhere', join(directory, 'cat', 'broken'));
    const { files, passedOver } = await findImages(join(directory, 'cat'));
    expect(files).toEqual([join(directory, 'cat', '1.png')]);
    expect(countPassedOver(passedOver)).toEqual([
      { kind: 'special', count: 3, called: { 'named pipe': 2, device: 1 } },
      { kind: 'link', count: 1, called: { broken: 1 } },
    ]);
    await expect(readRegularFile(join(directory, 'cat', 'x.png'))).rejects.toThrow('a named pipe, not a file');
    await expect(readRegularFile('/dev/zero')).rejects.toThrow('a device, not a file');
  });

  test('does not hold images of other names, which are told by their content', async () => {
    const directory = await temporaryDirectory();
    const file = (name: string) => join(directory, 'cat', name);
    await writePng(file('1.png'), noiseImage(4, 4));
    for (const name of ['2.picture', '3', '4.png?size=3', '5.png.1']) await copyFile(file('1.png'), file(name));
    await writeFile(file('6.picture'), 'P5 is text');
    const { domains, passedOver } = await openImageFolders(directory);
    expect(domains[0]!.files.map((path) => relative(join(directory, 'cat'), path))).toEqual([
      '1.png',
      '2.picture',
      '3',
      '4.png?size=3',
      '5.png.1',
    ]);
    expect(passedOver!.map(({ file: path }) => path)).toEqual([file('6.picture')]);
  });

  test('is said where a domain holds nothing else', async () => {
    await expect(openImageFolders(await filled('cat/1.heic', 'cat/2.heic', 'cat/Thumbs.db'))).rejects.toThrow(
      'holds no images, only .heic 2, Thumbs.db 1; add some',
    );
  });
});

describe('names', () => {
  // Other systems refuse, or change, such names.
  test.runIf(process.platform === 'linux')('in another encoding than UTF-8 are read: of files, folders and domains', async () => {
    const directory = await temporaryDirectory();
    const domain = nameOfBytes(Buffer.of(0xb0, 0xa1));
    const picture = join(directory, domain, nameOfBytes(Buffer.of(0xe9)), nameOfBytes(Buffer.from('caf\xe9.png', 'latin1')));
    await writePng(join(directory, 'plain', '1.png'), noiseImage(4, 4));
    await mkdir(pathBytes(join(picture, '..')), { recursive: true });
    await rename(join(directory, 'plain', '1.png'), pathBytes(picture));
    await writePng(join(directory, 'plain', '1.png'), noiseImage(4, 4));
    const { domains } = await openImageFolders(directory);
    expect(domains.map(({ name }) => name)).toEqual(['plain', domain]);
    expect(domains[1]!.files).toEqual([picture]);
    expect(await decodeImage(picture)).toEqual(noiseImage(4, 4));
  });

  test.runIf(process.platform === 'linux')(
    'are the same composed and decomposed, and two that differ in nothing else are told',
    async () => {
      const [composed, decomposed] = ['caf\u00e9', 'cafe\u0301'];
      const names = async (name: string) => {
        const { domains } = await openImageFolders(await filled(`${name}/${name}.png`, `${name}/cafez.png`, 'cafz/1.png'));
        return domains.map(({ name: domain, directory, files }) => [
          domain,
          files.map((file) => relative(directory!, file).normalize('NFC')),
        ]);
      };
      expect(await names(decomposed)).toEqual(await names(composed));
      const both = await filled(`a/${composed}.png`, `a/${decomposed}.png`);
      expect((await openImageFolders(both)).notes).toEqual([
        expect.stringMatching(/a: 1 name such as caf\u00e9\.png occur twice, composed and decomposed/),
      ]);
      await expect(openImageFolders(await filled(`${composed}/1.png`, `${decomposed}/1.png`))).rejects.toThrow(
        /holds two folders "caf\u00e9".*move the images of one into the other/,
      );
    },
  );

  test('of folders that cannot be read come with a remedy', () => {
    const fault = (code: string) => folderFault('/data/a', Object.assign(new Error(`${code}: no`), { code }));
    expect(fault('EACCES')).toBe(
      '/data/a may not be read (EACCES); give yourself the right to (chmod u+rx), or move the folder out of the data set',
    );
    expect(fault('EIO')).toMatch(/cannot be read \(EIO: no\); check the disk/);
    expect(folderFault('/data/\ufffd', Object.assign(new Error('ENOENT'), { code: 'ENOENT' }))).toContain(
      'rename the folder, or reach it through a link',
    );
  });
});

describe('listImages', () => {
  test('finds the images of one folder as openImageFolders does within a domain', async () => {
    const directory = await filled('cat/b.jpg', 'cat/deep/a.PNG', 'cat/notes.txt', 'cat/.hidden.png');
    const { domains } = await openImageFolders(directory);
    expect(await listImages(join(directory, 'cat'))).toEqual(domains[0]!.files);
    expect(domains[0]!.files).toHaveLength(2);
  });

  test('has nothing to say of an empty folder, and refuses what is none', async () => {
    const directory = await filled('notes.txt');
    expect(await listImages(directory)).toEqual([]);
    await expect(listImages(join(directory, 'absent'))).rejects.toThrow(/listImages: .*absent does not exist; check the path/);
    await expect(listImages(join(directory, 'notes.txt'))).rejects.toThrow(/notes\.txt is not a directory/);
  });
});
