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
});
