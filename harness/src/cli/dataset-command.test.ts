import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Inspection } from '@stargan/data/inspection';
import sharp from 'sharp';
import { describe, expect, test, vi } from 'vitest';
import { stargan } from '../testing/run-command.js';
import { SMALL_CONFIG, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { main } from './main.js';

let data = '';
/** A data set with an empty file and a file in two domains. */
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
  const at = (...names: string[]): string => path.join(data, 'train', ...names);
  await writeFile(at('square', 'empty.jpg'), '');
  await copyFile(at('circle', '00001.png'), at('square', 'copy.png'));
});

async function inspect(...options: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    await main(['dataset', 'inspect', data, ...options]);
    return log.mock.calls.map(([line]) => line as string).join('\n');
  } finally {
    log.mockRestore();
  }
}

describe('stargan dataset inspect', () => {
  test('prints what it finds, and says what was not looked for', async () => {
    const text = await inspect();
    expect(text).toContain('train/circle/00001.png = train/square/copy.png (in several domains, so with two labels)');
    expect(text).toContain('--full decodes every image');
  });

  test('writes a page, a contact sheet and JSON', async () => {
    const out = path.join(folder(), 'out');
    const { files, ...printed } = JSON.parse(await inspect('--json', '--out', out)) as Inspection & { files: string[] };
    expect(files).toEqual(['dataset.html', 'contact-sheet.png', 'dataset.json'].map((name) => path.join(out, name)));
    expect(JSON.parse(await readFile(path.join(out, 'dataset.json'), 'utf8'))).toEqual(printed);
    const html = await readFile(path.join(out, 'dataset.html'), 'utf8');
    expect(html).toContain('<li>train/square/empty.jpg: the file is empty (0 bytes)</li>');
    expect(html.match(/<img src="data:image\/jpeg;base64,/g)).toHaveLength(4);
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
    expect(await sharp(path.join(out, 'contact-sheet.png')).metadata()).toMatchObject({ width: 8 * 100 + 4, height: 4 * 126, channels: 3 });
  });

  test('writes the sheet and the page where they are wanted', async () => {
    const [sheet, html] = [path.join(folder(), 'sheet.png'), path.join(folder(), 'pages', 'data.html')];
    const { files, duplicatesBy } = JSON.parse(await inspect('--json', '--full', '--sheet', sheet, '--html', html)) as Inspection & {
      files: string[];
    };
    expect(files).toEqual([html, sheet]);
    expect(duplicatesBy).toBe('pixels');
    expect((await sharp(sheet).metadata()).format).toBe('png');
    expect(await readFile(html, 'utf8')).toContain('Every image was decoded.');
  });

  test('does not write into the data set', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await inspect('--out', path.join(data, 'report'));
    expect(error.mock.calls.flat().join('\n')).toContain('where it would be taken for a domain');
    expect(process.exitCode).toBe(2);
    process.exitCode = undefined;
    error.mockRestore();
  });
});

describe('stargan dataset prepare', () => {
  test('makes a data set that a training takes', async () => {
    const prepared = path.join(folder(), 'prepared');
    const prepare = ['dataset', 'prepare', path.join(data, 'train'), prepared, '--size', '16', '--val', '0.3'];
    const made = await stargan(...prepare);
    expect(made.err).toBe('');
    expect(made.out).toContain('made 13 pictures of 16×16 in ');
    expect(made.out).toContain('  square/empty.jpg: the file is empty (0 bytes)');
    expect(JSON.parse((await stargan(...prepare, '--json')).out)).toMatchObject({
      made: 0,
      kept: 13,
      broken: [{ file: 'square/empty.jpg' }],
    });
    const settings = Object.entries({ ...SMALL_CONFIG, iterations: 1 }).flatMap(([key, value]) => ['--set', `${key}=${String(value)}`]);
    const trained = await stargan('train', '--data', prepared, '--out', path.join(folder(), 'run'), ...settings, '--json');
    expect(JSON.parse(trained.out.trim().split('\n').at(-1)!)).toMatchObject({ iteration: 1, completed: true });
  });

  test('names the option that helps, and mistakes in the options', async () => {
    const out = path.join(folder(), 'refused');
    const from = path.join(folder(), 'few');
    for (const domain of ['a', 'b'])
      for (const name of ['1', '2'])
        await mkdir(path.join(from, domain), { recursive: true }).then(() => writeFile(path.join(from, domain, `${name}.png`), ''));
    expect(await stargan('dataset', 'prepare', from, out, '--size', '16')).toMatchObject({
      code: 1,
      err: expect.stringContaining('or leave them all out: --on-corrupt skip, or allow more: --corrupt-limit SHARE') as string,
    });
    for (const options of [['--size', '0'], ['--val', '2'], ['--val', '0'], ['--val', '0.1', '--val-list', 'x'], ['--fit', 'squeeze'], []])
      expect(
        (
          await stargan(
            'dataset',
            'prepare',
            from,
            out,
            ...(options.includes('--size') ? [] : ['--size', '16']).slice(options.length === 0 ? 2 : 0),
            ...options,
          )
        ).code,
      ).toBe(2);
  });

  describe('--boxes', () => {
    const size = 32;
    /** Writes a blue picture with a red square of 8 at (left, top) as it is shown, stored turned where the orientation says so. */
    async function writePicture(file: string, left: number, top: number, orientation = 1): Promise<void> {
      const square = { create: { width: 8, height: 8, channels: 3 as const, background: 'red' } };
      const shown = sharp({ create: { width: size, height: size * 2, channels: 3, background: 'blue' } }).composite([
        { input: await sharp(square).png().toBuffer(), left, top },
      ]);
      // Orientation 6: to be turned clockwise, so it is stored turned the other way.
      const stored = sharp(await shown.png().toBuffer()).rotate(orientation === 6 ? 270 : 0);
      await mkdir(path.dirname(file), { recursive: true });
      await stored.png().withMetadata({ orientation }).toFile(file);
    }
    /** The mean of red, green and blue. */
    async function meanColour(file: string): Promise<number[]> {
      const { channels } = await sharp(file).stats();
      return channels.map(({ mean }) => mean);
    }

    test("crops around CelebA's boxes, of turned pictures as they are shown, and says what has no box", async () => {
      const from = path.join(folder(), 'photos');
      const out = path.join(folder(), 'faces');
      await writePicture(path.join(from, 'cat', '1.png'), 0, 50);
      await writePicture(path.join(from, 'cat', '2.png'), 2, 50, 6);
      await writePicture(path.join(from, 'dog', '3.png'), 20, 5);
      await writePicture(path.join(from, 'dog', '4.png'), 12, 28);
      const boxes = path.join(folder(), 'list_bbox_celeba.txt');
      await writeFile(boxes, '3\nimage_id x_1 y_1 width height\n1.png  0 50 8 8\n2.png  2 50 8 8\n3.png 20  5 8 8\n');
      const prepare = ['dataset', 'prepare', from, out, '--size', '8', '--boxes', boxes];

      const planned = await stargan(...prepare, '--box-margin', '0', '--dry-run');
      expect(planned.out).toContain('would make 3 pictures of 8×8');
      expect(planned.out).toContain('1 image has no box and is left out:\n  dog/4.png');
      const made = await stargan(...prepare, '--box-margin', '0');
      expect(made).toMatchObject({ code: 0, err: '' });
      expect(made.out).toContain(`3 pictures cropped around the boxes of ${boxes}, margin 0`);
      for (const name of ['cat/1.png', 'cat/2.png', 'dog/3.png'])
        expect(await meanColour(path.join(out, 'train', name))).toEqual([255, 0, 0]);

      expect(await stargan(...prepare, '--box-margin', '0.5')).toMatchObject({
        code: 1,
        err: expect.stringContaining('was prepared in another way: box margin 0 (now 0.5)') as string,
      });
      const middle = [...prepare.slice(0, 3), path.join(folder(), 'middle'), ...prepare.slice(4), '--without-box', 'centre', '--json'];
      expect(JSON.parse((await stargan(...middle)).out)).toMatchObject({
        made: 4,
        boxes: {
          kind: 'boxes',
          margin: 0.3,
          rows: 3,
          unusedRows: 0,
          cropped: 3,
          moved: 1,
          shrunk: 0,
          without: 'centre',
          withoutBox: ['dog/4.png'],
        },
      });
      // The middle square of 32, of which a sixteenth is red.
      expect((await meanColour(path.join(folder(), 'middle', 'train', 'dog', '4.png')))[0]).toBeCloseTo(255 / 16, 0);
    });

    test('names the line that is wrong, and options that have nothing to act on', async () => {
      const out = path.join(folder(), 'none');
      const boxes = path.join(folder(), 'boxes.csv');
      await writeFile(boxes, 'file,left,top,width,height\n00001.png,1,2,3,-4\n');
      const prepare = ['dataset', 'prepare', path.join(data, 'train'), out, '--size', '8'];
      expect(await stargan(...prepare, '--boxes', boxes)).toMatchObject({
        code: 1,
        err: expect.stringContaining(`${boxes} has a box of 3×-4 in line 2; give its left upper corner`) as string,
      });
      for (const options of [
        ['--box-margin', '0.2'],
        ['--without-box', 'centre'],
        ['--boxes', boxes, '--box-margin', '2'],
        ['--boxes', boxes, '--fit', 'pad'],
        ['--boxes', boxes, '--without-box', 'stretch'],
      ])
        expect((await stargan(...prepare, ...options)).code).toBe(2);
    });
  });
});
