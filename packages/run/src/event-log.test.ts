import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { createEventLog } from './event-log.js';

const folder = useTemporaryFolder();

/** The event files of a folder as text, in the order in which TensorBoard reads them. */
async function filesOf(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).sort();
  return Promise.all(names.map((name) => readFile(path.join(directory, name), 'latin1')));
}

/** What a session begins with that takes the place of an earlier one's iterations: its first step, and that it starts there. */
const startAt = (step: number): string => `\u0010${String.fromCharCode(step)}:\u0002\u0008\u0001`;

describe('event files of a run', () => {
  it('are made at the first write, and begin with the iteration from which on they count', async () => {
    const directory = path.join(folder(), 'begun');
    const log = createEventLog(directory, 0);
    await expect(readdir(directory)).rejects.toThrow('ENOENT');
    await log.numbers({ iteration: 40, loss: 1 });
    // A roll-back to iteration 20.
    await log.restart(20);
    await log.numbers({ iteration: 30, seconds: 2 }, 'speed/');
    await log.close();
    const [first, second, ...others] = await filesOf(directory);
    expect(others).toEqual([]);
    expect(first).toContain('loss');
    expect(first).not.toContain(startAt(1));
    expect(second).toContain(startAt(21));
    expect(second).toContain('speed/seconds');
  });

  it('hold values as a table, whatever they are', async () => {
    const directory = path.join(folder(), 'table');
    const log = createEventLog(directory, 0);
    await log.table('configuration', { batch: 8, odd: 'a|b\nc' }, 0);
    await log.close();
    expect((await filesOf(directory))[0]).toContain('| key | value |\n| --- | --- |\n| batch | 8 |\n| odd | a\\|b c |');
  });

  it('hold large pictures reduced, and others as they are', async () => {
    const directory = path.join(folder(), 'pictures');
    const [small, large] = ['0000010-latent.png', '0000010-cycle.png'].map((name) => path.join(folder(), name)) as [string, string];
    const blank = (width: number, height: number): Sharp => sharp({ create: { width, height, channels: 3, background: 'red' } }).png();
    await blank(20, 10).toFile(small);
    await blank(3000, 100).toFile(large);
    const log = createEventLog(directory, 0);
    await log.pictures([small, large], 10);
    await log.close();
    const [events] = await filesOf(directory);
    expect(events).toContain(await readFile(small, 'latin1'));
    expect(events).toContain('grids/cycle');
    expect(events).not.toContain(await readFile(large, 'latin1'));
    // Height 34 and width 1024, as varints of their fields.
    expect(events).toContain('\u0008\u0022\u0010\u0080\u0008');
  });
});
