import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, test } from 'vitest';
import { findLatestCheckpoint } from './find-checkpoints.js';
import { readSafetensors } from './safetensors-reader.js';
import { saveCheckpoint } from './save-checkpoint.js';
import { valuesOf } from './testing/arbitraries.js';
import { useFolder } from './testing/folders.js';
import { transpileSources } from './testing/transpiled.js';

const path = useFolder();

/** Saves iterations 1, 2, …, each full of its own number, and reports each; hangs in the middle of `HANG`. */
const WRITER = `
import { openSync, writeSync } from 'node:fs';
import { saveCheckpoint } from './save-checkpoint.js';
const [directory, hang] = process.argv.slice(2);
for (let iteration = 1; ; iteration++) {
  const data = new Float32Array(1 << 18).fill(iteration);
  await saveCheckpoint(directory, iteration, {
    'networks.safetensors': { tensors: { w: { dtype: 'F32', shape: [data.length], data } } },
    'last.bin': async (path) => {
      writeSync(openSync(path, 'w'), 'half');
      if (iteration === Number(hang)) {
        console.log('hanging');
        await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
      }
    },
  });
  console.log(iteration);
}
`;

/** Runs the writer until `stop` says so of a line it printed, kills it, and gives the last iteration it reported. */
async function killWriter(directory: string, hang: number, stop: (line: string) => boolean): Promise<number> {
  const child = spawn(process.execPath, [path('js', 'writer.js'), directory, String(hang)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let reported = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (/^\d+$/.test(line)) reported = Number(line);
    if (stop(line)) child.kill('SIGKILL');
  }
  await exited;
  return reported;
}

describe('a writer killed without warning', () => {
  beforeAll(async () => {
    await transpileSources(path('js'));
    await writeFile(path('js', 'writer.js'), WRITER);
  });

  test('in the middle of a save leaves the one before whole, and the next save clears up', async () => {
    const directory = path('middle');
    expect(await killWriter(directory, 3, (line) => line === 'hanging')).toBe(2);
    expect((await readdir(directory)).filter((name) => name.startsWith('.partial-'))).toHaveLength(1);
    const { checkpoint, passedOver } = await findLatestCheckpoint(directory, { verify: 'sha256' });
    expect([checkpoint?.iteration, passedOver]).toEqual([2, []]);
    await saveCheckpoint(directory, 3, { 'networks.safetensors': { tensors: {} } });
    expect((await readdir(directory)).sort()).toEqual(['0000001', '0000002', '0000003']);
  });

  test.each([1, 2, 4, 6])('at any moment after %i reports leaves whole everything it reported', async (reports) => {
    const directory = path(`any-${String(reports)}`);
    await mkdir(directory);
    const reported = await killWriter(directory, -1, (line) => Number(line) >= reports);
    const { checkpoint, passedOver } = await findLatestCheckpoint(directory, { verify: 'sha256' });
    expect(passedOver).toEqual([]);
    expect(checkpoint?.iteration).toBeGreaterThanOrEqual(reported);
    const { tensors } = await readSafetensors(`${checkpoint?.path ?? ''}/networks.safetensors`);
    expect(new Set(valuesOf(tensors.w))).toEqual(new Set([checkpoint?.iteration]));
  });
});
