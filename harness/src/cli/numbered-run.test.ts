import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { inNumberedRun, nextRunFolder } from './numbered-run.js';

const folder = useTemporaryFolder();
const runs = (name: string): string => path.join(folder(), name);

describe('a numbered run', () => {
  it('has one more than the highest number there is, and a name for every system', async () => {
    expect(await nextRunFolder(['demo', 'my photos/ü:*?', '128'], runs('none'))).toBe(
      path.join(runs('none'), '00000-demo-my_photos_ü_-128'),
    );
    const some = runs('some');
    for (const name of ['00002-a', '00010-b', '7-c', 'other', '99999x']) await mkdir(path.join(some, name), { recursive: true });
    expect(path.basename(await nextRunFolder(['a', 'x'.repeat(300), '///'], some))).toBe(`00011-a-${'x'.repeat(40)}-_`);
    expect(await readdir(some)).toHaveLength(5);
  });

  it('takes another number where somebody else was first', async () => {
    const place = runs('race');
    const taken = await Promise.all(
      Array.from({ length: 8 }, () =>
        inNumberedRun(
          ['demo'],
          async (out) => {
            await writeFile(path.join(out, 'config.json'), '{}');
            return path.basename(out);
          },
          place,
        ),
      ),
    );
    expect(taken.sort()).toEqual(Array.from({ length: 8 }, (_, i) => `0000${i}-demo`));
  });

  it('does not stay when nothing was written in it', async () => {
    const place = runs('refused');
    await expect(inNumberedRun(['demo'], () => Promise.reject(new Error('refused')), place)).rejects.toThrow('refused');
    expect(await readdir(place)).toEqual([]);
  });
});
