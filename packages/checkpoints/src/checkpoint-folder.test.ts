import { appendFile, mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { findLatestCheckpoint, listCheckpoints, pruneCheckpoints } from './find-checkpoints.js';
import { writeWholeFile } from './replace-file.js';
import { readSafetensors } from './safetensors-reader.js';
import { saveCheckpoint, type CheckpointContent } from './save-checkpoint.js';
import { useFolder } from './testing/folders.js';
import { valuesOf } from './testing/arbitraries.js';

const path = useFolder();
let count = 0;
let directory = '';

const weights = (value: number): Record<string, CheckpointContent> => ({
  'networks.safetensors': { tensors: { w: { dtype: 'F32', shape: [2], data: Float32Array.of(value, -value) } } },
});
const save = (iteration: number, value = iteration) => saveCheckpoint(directory, iteration, weights(value));
const names = async (): Promise<string[]> => (await readdir(directory)).sort();

beforeEach(() => {
  directory = path(`run-${String(count++)}`, 'checkpoints');
});

describe('saving a checkpoint', () => {
  test('makes a folder named by the iteration, with the files and a manifest that describes them', async () => {
    const checkpoint = await saveCheckpoint(
      directory,
      1200,
      { ...weights(5), 'notes.txt': (file) => writeFile(file, 'by hand') },
      { lambda: 0.5, nested: { seed: [777] } },
    );
    expect(checkpoint.path).toBe(join(directory, '0001200'));
    expect((await readdir(checkpoint.path)).sort()).toEqual(['manifest.json', 'networks.safetensors', 'notes.txt']);
    const manifest: unknown = JSON.parse(await readFile(join(checkpoint.path, 'manifest.json'), 'utf8'));
    expect(manifest).toEqual(checkpoint.manifest);
    expect(manifest).toMatchObject({ formatVersion: 1, iteration: 1200, metadata: { lambda: 0.5, nested: { seed: [777] } } });
    expect(checkpoint.manifest.files[1]).toEqual({
      name: 'notes.txt',
      bytes: 7,
      sha256: 'c9616cb59d02c9ee41e1bd3f02c60ee7ca83b44ecf5719ced43f1a14e0391ed9',
    });
    expect(Date.parse(checkpoint.manifest.created)).not.toBeNaN();
    const { tensors } = await readSafetensors(join(checkpoint.path, 'networks.safetensors'));
    expect(valuesOf(tensors.w)).toEqual([5, -5]);
    expect(await names()).toEqual(['0001200']);
  });

  test('replaces a checkpoint of the same iteration', async () => {
    await save(3, 1);
    const { path: place } = await save(3, 2);
    expect(valuesOf((await readSafetensors(join(place, 'networks.safetensors'))).tensors.w)).toEqual([2, -2]);
    expect(await names()).toEqual(['0000003']);
  });

  test('that fails halfway removes what it wrote, keeps the older ones, and says so', async () => {
    await save(1);
    const failing = saveCheckpoint(directory, 2, { ...weights(2), 'more.bin': () => Promise.reject(new Error('out of luck')) });
    await expect(failing).rejects.toThrow(
      `saveCheckpoint: could not save iteration 2 in ${directory}: out of luck; the unfinished folder was removed, earlier checkpoints are intact`,
    );
    expect(await names()).toEqual(['0000001']);
    expect((await findLatestCheckpoint(directory, { verify: 'sha256' })).checkpoint?.iteration).toBe(1);
  });

  // /dev/full takes no byte: what a full disk answers.
  test.runIf(existsSync('/dev/full'))('on a full disk keeps the older ones, and says so', async () => {
    await save(1);
    const full: CheckpointContent = async (file) => {
      await symlink('/dev/full', file);
      await writeFile(file, 'content');
    };
    await expect(saveCheckpoint(directory, 2, { 'a.bin': full })).rejects.toThrow(/ENOSPC.*earlier checkpoints are intact/);
    expect(await names()).toEqual(['0000001']);
  });

  test('where no folder can be made fails with the place named', async () => {
    await writeFile(path(`file-${String(count)}`), '');
    await expect(saveCheckpoint(path(`file-${String(count)}`, 'checkpoints'), 1, weights(1))).rejects.toThrow('ENOTDIR');
  });

  test('removes what killed writers left, but not what another save of this process is writing', async () => {
    await mkdir(join(directory, '.partial-0000009-x'), { recursive: true });
    let proceed: () => void = () => undefined;
    const slow = saveCheckpoint(directory, 2, {
      'slow.txt': async (file) => {
        await new Promise<void>((resolve) => {
          proceed = resolve;
        });
        await writeFile(file, 'slow');
      },
    });
    while ((await readdir(directory)).every((name) => !name.startsWith('.partial-0000002'))) await new Promise(setImmediate);
    await save(1);
    proceed();
    await slow;
    expect(await names()).toEqual(['0000001', '0000002']);
  });

  test('puts back a checkpoint whose replacement never came, and drops one whose replacement did', async () => {
    const first = await save(1);
    await rename(first.path, join(directory, '.replaced-0000001'));
    expect((await findLatestCheckpoint(directory)).checkpoint?.iteration).toBe(1);
    const second = await save(2);
    expect(await names()).toEqual(['0000001', '0000002']);
    await mkdir(join(directory, '.replaced-0000002'));
    await save(3);
    expect(await names()).toEqual(['0000001', '0000002', '0000003']);
    expect((await listCheckpoints(directory)).whole.map(({ path: place }) => place)).toContain(second.path);
  });

  test.each(['../escape', 'a/b', '.hidden', 'manifest.json', ''])('refuses the file name %j', async (name) => {
    await expect(saveCheckpoint(directory, 1, { [name]: { tensors: {} } })).rejects.toThrow(`got '${name}'`);
    expect(existsSync(directory)).toBe(false);
  });

  test.each([-1, 0.5, NaN, 2 ** 60])('refuses the iteration %d', async (iteration) => {
    await expect(save(iteration)).rejects.toThrow('saveCheckpoint: iteration must be an integer ≥ 0, got');
  });
});

describe('a file written whole', () => {
  test('replaces the one before, in folders that are made, and leaves nothing beside it', async () => {
    const file = join(directory, 'deep', 'scores.json');
    await writeWholeFile(file, 'one');
    await writeWholeFile(file, (aside) => writeFile(aside, 'two'));
    expect(await readFile(file, 'utf8')).toBe('two');
    await writeWholeFile(file, Uint8Array.of(51));
    expect(await readFile(file, 'utf8')).toBe('3');
    expect(await readdir(join(directory, 'deep'))).toEqual(['scores.json']);
  });

  test('is the one before where writing fails', async () => {
    const file = join(directory, 'scores.json');
    await writeWholeFile(file, 'one');
    await expect(
      writeWholeFile(file, async (aside) => {
        await writeFile(aside, 'half');
        throw new Error('out of luck');
      }),
    ).rejects.toThrow('out of luck');
    expect([await readFile(file, 'utf8'), await readdir(directory)]).toEqual(['one', ['scores.json']]);
  });
});

describe('finding the latest checkpoint', () => {
  test('gives the newest by number, past seven digits too', async () => {
    for (const iteration of [9_999_999, 20, 10_000_000]) await save(iteration);
    expect((await findLatestCheckpoint(directory)).checkpoint?.iteration).toBe(10_000_000);
    expect((await listCheckpoints(directory)).whole.map(({ iteration }) => iteration)).toEqual([10_000_000, 9_999_999, 20]);
  });

  test('finds none in a folder that is empty or absent, and minds no strangers', async () => {
    expect(await findLatestCheckpoint(directory)).toEqual({ checkpoint: undefined, passedOver: [] });
    await mkdir(join(directory, 'notes'), { recursive: true });
    await writeFile(join(directory, '0000001'), 'a file');
    expect(await findLatestCheckpoint(directory)).toEqual({ checkpoint: undefined, passedOver: [] });
  });

  const DAMAGE: readonly (readonly [what: string, damage: (folder: string) => Promise<void>, reason: string])[] = [
    ['without a manifest', (folder) => rm(join(folder, 'manifest.json')), 'there is no manifest.json'],
    [
      'with half a manifest',
      (folder) => writeFile(join(folder, 'manifest.json'), '{"formatVersion":1,'),
      'manifest.json is not valid JSON',
    ],
    [
      'of a newer format',
      (folder) => writeFile(join(folder, 'manifest.json'), '{"formatVersion":2}'),
      'formatVersion 2, this version reads 1',
    ],
    [
      'with a manifest of another iteration',
      (folder) => writeFile(join(folder, 'manifest.json'), '{"formatVersion":1,"iteration":8}'),
      'of iteration 8',
    ],
    ['without one of its files', (folder) => rm(join(folder, 'networks.safetensors')), 'networks.safetensors is missing'],
    ['with a file of another size', (folder) => appendFile(join(folder, 'networks.safetensors'), 'x'), 'networks.safetensors has'],
    [
      'whose manifest names files elsewhere',
      (folder) =>
        writeFile(
          join(folder, 'manifest.json'),
          '{"formatVersion":1,"iteration":2,"created":"","metadata":{},"files":[{"name":"../x","bytes":0,"sha256":""}]}',
        ),
      'plain name',
    ],
  ];

  test.each(DAMAGE)('passes over one %s, and says why', async (_, damage, reason) => {
    await save(1);
    const { path: place } = await save(2);
    await damage(place);
    const { checkpoint, passedOver } = await findLatestCheckpoint(directory);
    expect(checkpoint?.iteration).toBe(1);
    expect(passedOver).toHaveLength(1);
    expect(passedOver[0]).toMatchObject({ iteration: 2, path: place });
    expect(passedOver[0]?.reason).toContain(reason);
  });

  test('sees changed bytes of the same size when asked to read them', async () => {
    await save(1);
    const { path: place } = await save(2);
    const bytes = await readFile(join(place, 'networks.safetensors'));
    bytes[bytes.length - 1] = 1;
    await writeFile(join(place, 'networks.safetensors'), bytes);
    expect((await findLatestCheckpoint(directory)).checkpoint?.iteration).toBe(2);
    const { checkpoint, passedOver } = await findLatestCheckpoint(directory, { verify: 'sha256' });
    expect(checkpoint?.iteration).toBe(1);
    expect(passedOver[0]?.reason).toContain('sha256');
  });
});

describe('pruning checkpoints', () => {
  test('keeps the newest whole ones, and broken ones only where they are newer', async () => {
    for (const iteration of [1, 2, 3, 4, 5]) await save(iteration);
    for (const broken of ['0000002', '0000005']) await rm(join(directory, broken, 'manifest.json'));
    const removed = await pruneCheckpoints(directory, 2);
    expect(removed.map(({ iteration }) => iteration).sort()).toEqual([1, 2]);
    expect(await names()).toEqual(['0000003', '0000004', '0000005']);
    expect(await pruneCheckpoints(directory, 2)).toEqual([]);
  });

  test('neither counts nor removes what a writer left behind when it went back', async () => {
    for (const iteration of [1, 2, 9]) await save(iteration);
    expect((await findLatestCheckpoint(directory, { before: 9 })).checkpoint?.iteration).toBe(2);
    expect((await pruneCheckpoints(directory, 1, { upTo: 2 })).map(({ iteration }) => iteration)).toEqual([1]);
    expect(await names()).toEqual(['0000002', '0000009']);
  });

  test('refuses to keep none', async () => {
    await expect(pruneCheckpoints(directory, 0)).rejects.toThrow('pruneCheckpoints: keep must be an integer ≥ 1, got 0');
  });
});
