import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodable, noiseImage } from '../testing/pictures.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { listedAt, renamed, zipOf, type ZipEntryOptions } from '../testing/zip-files.js';
import { openPreparationSource } from './open-source.js';
import type { SourceImage } from './source-image.js';

const picture = await encodable(noiseImage(8, 8)).png().toBuffer();
type Content = readonly [path: string, content?: Buffer, options?: ZipEntryOptions];

async function opened(contents: readonly Content[], change: (zip: Buffer) => Buffer | void = () => undefined) {
  const file = join(await temporaryDirectory(), 'images.zip');
  const zip = await zipOf(contents.map(([path, content = picture, options]) => [path, content, options] as const));
  await writeFile(file, change(zip) ?? zip);
  return openPreparationSource(file);
}

const contentOf = (image: SourceImage): Promise<Buffer> => image.open((file) => file.all());

describe('an archive', () => {
  test('is read like a folder of the same content', async () => {
    const source = await opened([
      ['photos/train/cat/1.png'],
      ['photos/train/dog/sub/2.png'],
      ['photos/train/dog/unnamed', picture],
      ['photos/train/dog/notes', Buffer.from('no picture')],
      ['photos/val/cat/3.png'],
      ['photos/val/dog/4.png'],
      ['photos/README.md', Buffer.from('text')],
      ['photos/extra/x/5.png'],
      ['__MACOSX/photos/train/cat/._1.png', Buffer.from('x')],
      ['photos/train/.DS_Store', Buffer.from('x')],
    ]);
    expect(source.images.map(({ path, domain, name, split }) => [path, domain, name, split])).toEqual([
      ['photos/train/cat/1.png', 'cat', '1.png', 'train'],
      ['photos/train/dog/sub/2.png', 'dog', 'sub/2.png', 'train'],
      ['photos/train/dog/unnamed', 'dog', 'unnamed', 'train'],
      ['photos/val/cat/3.png', 'cat', '3.png', 'validation'],
      ['photos/val/dog/4.png', 'dog', '4.png', 'validation'],
    ]);
    expect(source.passedOver.map(({ kind, count }) => [kind, count])).toEqual([
      ['other', 2],
      ['system', 1],
      ['hidden', 1],
    ]);
    expect(source.notes).toEqual(['photos/ in the archive is read as the data set', 'extra/ beside train/ in the archive: not read']);
    expect(await contentOf(source.images[1]!)).toEqual(picture);
    await source.close();
  });

  test('may be stored, have names that are not UTF-8 and backslashes', async () => {
    const source = await opened([['cat/aaXaa.png', picture, { compress: false }], ['dog/2.png']], (zip) =>
      renamed(zip, 'cat/aaXaa.png', Buffer.concat([Buffer.from('cat\\aa'), Buffer.of(0xe9), Buffer.from('aa.png')])),
    );
    expect(source.images.map(({ path }) => path)).toEqual(['cat/aa\udce9aa.png', 'dog/2.png']);
    expect(await contentOf(source.images[0]!)).toEqual(picture);
    await source.close();
  });

  const two: readonly Content[] = [['cat/aaaa.png'], ['dog/2.png']];
  test.each<[string, (zip: Buffer) => Buffer | void, RegExp]>([
    [
      'a name that leads out',
      (zip) => renamed(zip, 'cat/aaaa.png', '../../aa.png'),
      /its entry "\.\.\/\.\.\/aa\.png" leads out of the archive/,
    ],
    ['such a name with backslashes', (zip) => renamed(zip, 'cat/aaaa.png', '..\\..\\aa.png'), /leads out of the archive/],
    ['an absolute name', (zip) => renamed(zip, 'cat/aaaa.png', '/etc/aaa.png'), /"\/etc\/aaa\.png" leads out/],
    ['a drive', (zip) => renamed(zip, 'cat/aaaa.png', 'C:/aaaaa.png'), /"C:\/aaaaa\.png" leads out/],
    [
      'an encrypted entry',
      (zip) => void (zip[listedAt(zip)[1]! + 8]! |= 1),
      /its entry "dog\/2\.png" is encrypted; extract the archive with its password/,
    ],
    [
      'entries that share their data',
      (zip) => void zip.writeUInt32LE(0, listedAt(zip)[1]! + 42),
      /its entries "cat\/aaaa\.png" and "dog\/2\.png" share their data/,
    ],
    ['an end that is cut off', (zip) => zip.subarray(0, zip.length - 30), /images\.zip cannot be read \(.*truncated/],
    ['a list that is not where it should be', (zip) => void zip.writeUInt32LE(3, zip.length - 6), /cannot be read \(.*signature/],
    ['more entries than there are', (zip) => void zip.writeUInt16LE(999, zip.length - 12), /cannot be read/],
    ['several disks', (zip) => void zip.writeUInt16LE(3, zip.length - 18), /cannot be read \(multi-disk/],
  ])('with %s is refused by name', async (_, change, message) => {
    await expect(opened(two, change)).rejects.toThrow(message);
  });

  test.each([
    ['a symbolic link', 0o120777, /"cat\/link\.png" is a symbolic link/],
    ['a named pipe', 0o010666, /"cat\/link\.png" is neither a file nor a folder/],
  ])('with %s is refused by name', async (_, mode, message) => {
    await expect(opened([...two, ['cat/link.png', Buffer.from('/etc/passwd'), { mode }]])).rejects.toThrow(message);
  });

  test('that claims millions of entries is refused before they are read', async () => {
    // The end of a ZIP64 archive, whose number of entries has eight bytes.
    const record = Buffer.alloc(56);
    record.write('PK\x06\x06', 0, 'latin1');
    record.writeBigUInt64LE(44n, 4);
    record.writeBigUInt64LE(3_000_000_000n, 24);
    record.writeBigUInt64LE(3_000_000_000n, 32);
    const locator = Buffer.alloc(20);
    locator.write('PK\x06\x07', 0, 'latin1');
    locator.writeUInt32LE(1, 16);
    const end = Buffer.alloc(22, 0);
    end.write('PK\x05\x06', 0, 'latin1');
    end.writeUInt16LE(0xffff, 8);
    end.writeUInt16LE(0xffff, 10);
    end.writeUInt32LE(0xffffffff, 12);
    end.writeUInt32LE(0xffffffff, 16);
    const file = join(await temporaryDirectory(), 'claims.zip');
    locator.writeBigUInt64LE(4n, 8);
    await writeFile(file, Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), record, locator, end]));
    await expect(openPreparationSource(file)).rejects.toThrow(/claims to hold 3000000000 entries, more than the limit of 2000000/);
  });

  test('without domains, or with splits of other domains, is refused', async () => {
    await expect(opened([['1.png'], ['2.png']])).rejects.toThrow(/holds no images in folders/);
    await expect(opened([['train/cat/1.png'], ['train/dog/1.png'], ['val/cat/1.png']])).rejects.toThrow(
      /val\/ must hold the domains of train\/ \(cat, dog\), got cat/,
    );
    await expect(opened([['trainA/1.png'], ['trainB/1.png']])).rejects.toThrow(/layout of CycleGAN/);
  });
});

describe('an entry', () => {
  const fault = async (change: (zip: Buffer, listed: number) => void): Promise<unknown> => {
    const source = await opened([['cat/1.png', Buffer.alloc(5000, 7)], ['dog/2.png']], (zip) => change(zip, listedAt(zip)[0]!));
    return contentOf(source.images[0]!)
      .then(
        () => 'read',
        (error: unknown) => error,
      )
      .finally(() => source.close());
  };

  test.each<[string, (zip: Buffer, listed: number) => void, object]>([
    [
      'that holds more than it says is damaged',
      (zip, at) => void zip.writeUInt32LE(100, at + 24),
      { problem: 'damaged', reason: expect.stringContaining('too many bytes') as unknown },
    ],
    [
      'that holds less is damaged',
      (zip, at) => void zip.writeUInt32LE(9000, at + 24),
      { problem: 'damaged', reason: expect.stringContaining('not enough bytes') as unknown },
    ],
    ['of a gigabyte and more is not unpacked', (zip, at) => void zip.writeUInt32LE(0xfffffff0, at + 24), { problem: 'too-large' }],
    [
      'of another checksum is damaged',
      (zip, at) => void zip.writeUInt32LE(1, at + 16),
      { problem: 'damaged', reason: 'its checksum in the archive does not match' },
    ],
    [
      'compressed in another way is not read',
      (zip, at) => void zip.writeUInt16LE(14, at + 10),
      { problem: 'unsupported', reason: 'compressed by method 14, which is not read' },
    ],
  ])('%s', async (_, change, expected) => {
    expect(await fault(change)).toMatchObject(expected);
  });

  test('whose data do not begin where it says is damaged', async () => {
    const source = await opened([['cat/1.png'], ['dog/2.png']], (zip) => void zip.write('XX', zip.indexOf('PK\x03\x04', 1, 'latin1')));
    await expect(contentOf(source.images[1]!)).rejects.toMatchObject({
      problem: 'damaged',
      reason: expect.stringContaining('signature') as unknown,
    });
    await source.close();
  });

  test('is unpacked no further than asked, so that damage behind is not met', async () => {
    const content = Buffer.from(noiseImage(400, 400).data);
    const source = await opened([['cat/1.png', content]], (zip) => void zip.fill(0xff, zip.length - 2000, zip.length - 1000));
    const [image] = source.images;
    expect(await image!.open((file) => file.start(10))).toEqual(content.subarray(0, 10));
    await expect(contentOf(image!)).rejects.toMatchObject({ problem: 'damaged' });
    await source.close();
  });
});

test('an archive behind a named pipe is refused, not waited for', async () => {
  if (process.platform === 'win32') return;
  const pipe = join(await temporaryDirectory(), 'images.zip');
  execFileSync('mkfifo', [pipe]);
  await expect(openPreparationSource(pipe)).rejects.toThrow(/is a named pipe; give a folder, a \.csv or a \.zip file/);
});
