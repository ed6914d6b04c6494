import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEventFile } from './event-file.js';
import { readRecords } from './testing/read-records.js';

/** A picture of one pixel. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tensorboard-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const recordsOf = async (file: string): Promise<string[]> =>
  readRecords(await readFile(file)).records.map((record) => Buffer.from(record).toString('latin1'));

describe('an event file', () => {
  it('holds its version and what was written, in the order of the calls, also when they are not awaited', async () => {
    const events = await openEventFile(path.join(directory, 'a', 'b'));
    const writes = Array.from({ length: 50 }, (_, step) => events.scalar(`tag ${step}.`, step, step));
    await events.image('picture', PNG, 3);
    await events.text('configuration', '**ψ**');
    await Promise.all(writes);
    await events.close();
    const records = await recordsOf(events.path);
    expect(records).toHaveLength(53);
    expect(records[0]).toContain('brain.Event:2');
    for (const [step, record] of records.slice(1, 51).entries()) expect(record).toContain(`tag ${step}.`);
    expect(records[51]).toContain(PNG.toString('latin1'));
    expect(records[52]).toContain(Buffer.from('**ψ**').toString('latin1'));
    expect(readRecords(await readFile(events.path)).rest).toBe(0);
  });

  it('writes several numbers of a step as one record', async () => {
    const events = await openEventFile(directory);
    await events.scalars({ 'a/b': 1, 'a/c': NaN, d: Infinity }, 2 ** 40);
    await events.close();
    const [, record, ...others] = await recordsOf(events.path);
    expect(others).toEqual([]);
    for (const tag of ['a/b', 'a/c', 'd']) expect(record).toContain(tag);
  });

  it('is named as TensorBoard looks for it, after every file of the folder, whatever the clock says', async () => {
    const future = 'events.out.tfevents.2345678901.elsewhere.1.0.v2';
    await writeFile(path.join(directory, future), '');
    await writeFile(path.join(directory, 'events.out.tfevents.notes'), '');
    const names: string[] = [];
    for (let i = 0; i < 3; i++) {
      const events = await openEventFile(directory, { firstStep: i });
      await events.close();
      names.push(path.basename(events.path));
    }
    for (const name of names) expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\.[A-Za-z0-9_-]+\.\d+\.\d+\.v2$/);
    expect([...names, future].sort()).toEqual([future, ...names]);
    expect(await readdir(directory)).toHaveLength(5);
  });

  it('is whole up to its last record when it is cut off anywhere', async () => {
    const events = await openEventFile(directory);
    for (let step = 0; step < 3; step++) await events.scalar('loss', step, step);
    await events.close();
    const content = await readFile(events.path);
    const whole = readRecords(content).records;
    const ends = whole.map((_, i) => whole.slice(0, i + 1).reduce((sum, { length }) => sum + length + 16, 0));
    expect(ends).toHaveLength(4);
    for (let length = content.length - 1; length > 0; length--) {
      await truncate(events.path, length);
      const { records } = readRecords(await readFile(events.path));
      expect(records).toEqual(whole.slice(0, ends.filter((end) => end <= length).length));
    }
  });

  it.each([-1, 0.5, NaN, 2 ** 60])('refuses a step that TensorBoard could not show: %s', async (step) => {
    const events = await openEventFile(directory);
    await expect(events.scalar('loss', 1, step)).rejects.toThrow(`step must be a whole number ≥ 0, got ${step}`);
    await events.close();
    await expect(openEventFile(directory, { firstStep: step })).rejects.toThrow(`firstStep must be a whole number ≥ 0, got ${step}`);
  });

  it.each([
    [Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0), /must be the bytes of a PNG file, got 5 bytes that begin with ff d8 ff e0/],
    [new Uint8Array(0), /got 0 bytes that begin with nothing/],
    [PNG.subarray(0, 20), /got 20 bytes/],
  ])('refuses pictures that are no PNG', async (bytes, message) => {
    const events = await openEventFile(directory);
    await expect(events.image('picture', bytes, 0)).rejects.toThrow(message);
    await events.close();
    expect(await recordsOf(events.path)).toHaveLength(1);
  });

  it('says that a folder cannot be made where a file is in its place', async () => {
    await mkdir(path.join(directory, 'x'));
    await writeFile(path.join(directory, 'x', 'file'), '');
    await expect(openEventFile(path.join(directory, 'x', 'file'))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });

  it('takes nothing once it is closed', async () => {
    const events = await openEventFile(directory);
    await events.close();
    await expect(events.scalar('loss', 1, 1)).rejects.toThrow();
  });
});
