import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Inspection } from '@stargan/data/inspection';
import sharp from 'sharp';
import { describe, expect, test, vi } from 'vitest';
import { smallDataset, useTemporaryFolder } from '../testing/small-run.js';
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
    expect(await sharp(path.join(out, 'contact-sheet.png')).metadata()).toMatchObject({ width: 8 * 96, height: 4 * 96, channels: 3 });
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
