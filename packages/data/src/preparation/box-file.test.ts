import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { boxKey, readBoxFile } from './box-file.js';

async function read(content: string | Buffer) {
  const file = join(await temporaryDirectory(), 'boxes.txt');
  await writeFile(file, content);
  return readBoxFile(file);
}

const landmarkNames = 'lefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y rightmouth_x rightmouth_y';

describe('a table of boxes', () => {
  test("is CelebA's list, a table of their names with commas, or one's own", async () => {
    for (const content of [
      '2\nimage_id x_1 y_1 width height\n000001.jpg    95  71 226 313\n000002.jpg    72  94 221 306\n',
      '2\r\nimage_id x_1 y_1 width height \r\n000001.jpg    95  71 226 313\r\n\r\n000002.jpg    72  94 221 306',
      'image_id,x_1,y_1,width,height\n000001.jpg,95,71,226,313\n000002.jpg,72,94,221,306\n',
      '\ufeffHeight;Width;Top;Left;File\r\n313;226;71;95;000001.jpg\r\n306;2.21e2;94.0;+72;000002.jpg\r\n',
      'file\tleft\ttop\twidth\theight\n"000001.jpg"\t95\t71\t226\t313\n000002.jpg\t72\t94\t221\t306\n',
    ]) {
      const { kind, boxes, rows, notes } = await read(content);
      expect({ kind, rows, notes }).toEqual({ kind: 'boxes', rows: 2, notes: [] });
      expect([...boxes].map(([name, { left, top, width, height }]) => [name, left, top, width, height])).toEqual([
        ['000001.jpg', 95, 71, 226, 313],
        ['000002.jpg', 72, 94, 221, 306],
      ]);
    }
  });

  test("is CelebA's landmarks, whose header has no name for the files, or the same with commas", async () => {
    const row = [69, 109, 106, 113, 77, 142, 73, 152, 108, 154];
    for (const content of [
      `1\n${landmarkNames}\n000001.jpg ${row.join('  ')}\n`,
      `image_id,${landmarkNames.replaceAll(' ', ',')}\n000001.jpg,${row.join(',')}\n`,
    ]) {
      const { kind, boxes } = await read(content);
      expect(kind).toBe('landmarks');
      const { left, top, width, height, line } = boxes.get('000001.jpg')!;
      // Eyes 37.22 apart; their middle is (87.5, 111), that of the mouth (90.5, 153).
      const side = 3.6 * Math.hypot(3, 42);
      expect([width, height]).toEqual([side, side]);
      expect(left + side / 2).toBeCloseTo(87.8, 9);
      expect(top + side / 2).toBeCloseTo(115.2, 9);
      expect(line).toBe(content.trimEnd().split('\n').length);
    }
  });

  test('may name files with spaces, folders, separators of either kind and bytes that are not UTF-8', async () => {
    const { boxes } = await read(
      Buffer.concat([
        Buffer.from('file left top width height\n./my cat/one  two.jpg 1 2 3 4\nC:\\photos\\dog\\1.jpg 5 6 7 8\n'),
        Buffer.of(0xe9),
        Buffer.from('.jpg 1 1 9 9\n'),
      ]),
    );
    expect([...boxes.keys()]).toEqual(['my cat/one two.jpg', 'photos/dog/1.jpg', '\udce9.jpg']);
    const quoted = await read('left,top,width,height,file\n1,2,3,4,"a, ""b"".jpg"\n');
    expect([...quoted.boxes.keys()]).toEqual(['a, "b".jpg']);
  });

  test('says what it passes over, with counts', async () => {
    const { notes, boxes } = await read(
      '9\nimage_id x_1 y_1 width height score\n1.jpg 1 2 3 4 0.9\n.\\1.jpg 1 2 3 4.0 0.8\n2.jpg 0 0 0 0 0\n',
    );
    expect(notes.map((note) => note.replace(/\S*boxes\.txt/, 'boxes.txt'))).toEqual([
      'boxes.txt counts 9 rows in its first line and has 3 rows: it may have been cut off',
      'columns of boxes.txt that are not read: score',
      '1 row repeats another in boxes.txt',
    ]);
    expect(boxes.get('2.jpg')).toMatchObject({ width: 0, height: 0, line: 5 });
  });

  test('may have 100,000 rows', async () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => `${i}.jpg`);
    for (const [header, separator] of [
      ['100000\nimage_id x_1 y_1 width height', ' '],
      ['file,left,top,width,height', ','],
    ] as const) {
      const { boxes, notes } = await read(`${header}\n${rows.map((name) => [name, 1, 2, 3, 4].join(separator)).join('\n')}\n`);
      expect(boxes.size).toBe(100_000);
      expect(boxes.get('99999.jpg')?.line).toBe(100_000 + header.split('\n').length);
      expect(notes).toEqual([]);
    }
  });

  test.each([
    ['', /boxes\.txt is empty; name in its first line the columns file, left, top, width, height, or file and CelebA's lefteye_x, /],
    ['\n \n', /is empty/],
    ['12\n', /is empty/],
    ['file,left,top,width,height\n', /names no pictures; add a line per picture/],
    ['1.jpg,10,20,30,40\n', /has the columns 1\.jpg, 10, 20, 30, 40; name in its first line/],
    ['file,left,top,right,bottom\n1.jpg,1,2,3,4\n', /has the columns file, left, top, right, bottom; name/],
    ['left,top,width,height\n1,2,3,4\n', /has the columns left, top, width, height; name in its first line the columns file, left/],
    [
      'file,left,top,width,height\n1.jpg,1,2,3,4\n2.jpg,1,2,3\n',
      /has 4 values in line 3, where its header has 5 columns; complete the line/,
    ],
    ['2\nimage_id x_1 y_1 width height\n1.jpg 1 2 3 4\n2.jpg 1 2 3\n', /has 4 values in line 4, .*; complete the line, or remove it/],
    ['file,left,top,width,height\na,b.jpg,1,2,3,4\n', /has 6 values in line 2, .*; put names that hold a separator in quotes/],
    ['file,left,top,width,height\n\n1.jpg,NaN,2,3,4\n', /has the left NaN in line 3; give a number of pixels/],
    ['file;left;top;width;height\n1.jpg;1,5;2;3;4\n', /has the left 1,5 in line 2; give a number of pixels with a point before decimals/],
    ['file,left,top,width,height\n1.jpg,1,,3,4\n', /has the top \(nothing\) in line 2/],
    ['file,left,top,width,height\n1.jpg,1,2,Infinity,4\n', /has the width Infinity in line 2/],
    ['file,left,top,width,height\n1.jpg,1,2,1e300,4\n', /has the width 1e300 in line 2/],
    ['file,left,top,width,height\n1.jpg,0x10,2,3,4\n', /has the left 0x10 in line 2/],
    ['file,left,top,width,height\n1.jpg,1,2,-3,4\n', /has a box of -3×4 in line 2; give its left upper corner, width and height, or 0/],
    ['file,left,top,width,height\n,1,2,3,4\n', /has no file in line 2; name it, or remove the line/],
    [
      'file,left,top,width,height\n1.jpg,1,2,3,4\n2.jpg,1,2,3,4\n./1.jpg,1,2,3,5\n',
      /says different things of \.\/1\.jpg in the lines 2 and 4; keep/,
    ],
    [
      'file,left,top,width,height\n1.jpg,0.1,0.2,0.3,0.4\n2.jpg,0,0,1,1\n',
      /has no number above 1, so it seems to give shares of the sides; multi/,
    ],
    ['file,left,top,width,height\n"1.jpg,1,2,3,4\n', /is no CSV that can be read .*; repair it/],
    [`1\n${landmarkNames}\n1.jpg 1 2 3 4 5 6 7 8 9\n`, /has 10 values in line 3, where its header has 11 columns/],
    [Buffer.from('\ufefffile,left,top,width,height\n', 'utf16le'), /is encoded as UTF-16/],
    [Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /has the columns \\x89PNG; name in its first line/],
  ])('%j is refused, with the line and the remedy', async (content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  test('a number of 1 and less is no mistake beside larger ones, and boxes with negative corners are none', async () => {
    const { boxes } = await read('file,left,top,width,height\n1.jpg,0.5,0.5,1,1\n2.jpg,-4,-3,20,20\n');
    expect(boxes.size).toBe(2);
  });

  test.skipIf(process.platform === 'win32')('a named pipe and a folder are not opened', async () => {
    const directory = await temporaryDirectory();
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    await expect(readBoxFile(join(directory, 'pipe'))).rejects.toThrow(/pipe cannot be read \(a named pipe, not a file\); check its path/);
    await expect(readBoxFile(directory)).rejects.toThrow(/cannot be read \(a folder, not a file\); check its path/);
    await expect(readBoxFile(join(directory, 'none.csv'))).rejects.toThrow(/none\.csv cannot be read \(ENOENT.*; check its path/);
  });
});

test('names of one file have one key', () => {
  for (const name of ['a/b.jpg', 'a\\b.jpg', './a//b.jpg', '../../a/./b.jpg', '/a/b.jpg', 'D:\\a\\b.jpg', '..\\a\\b.jpg'])
    expect(boxKey(name)).toBe('a/b.jpg');
  expect(boxKey('e\u0301.jpg')).toBe(boxKey('\u00e9.jpg'));
  expect([boxKey('C:x.jpg'), boxKey('./'), boxKey('..')]).toEqual(['C:x.jpg', '', '']);
});
