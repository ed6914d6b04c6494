import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type * as Data from '@stargan/data';
import { describe, expect, it, vi } from 'vitest';
import type { LogEntry } from '../logging/metric-log.js';
import { buildNetworks } from '../model/networks.js';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { patientLog, tolerateFailures } from './attempts.js';
import { findCheckpoint, runPaths } from './run-directory.js';
import { createSaver } from './saver.js';
import { buildOptimizers, disposeState, initialState } from './state.js';
import { train } from './train.js';

/** After how many batches the worker that reads images dies, in the test that wants it. */
let workerDiesAfter = Infinity;

/** What happens then. */
let onDeath = (): Promise<void> => Promise.resolve();

vi.mock('@stargan/data', async (importOriginal) => {
  const original = await importOriginal<typeof Data>();
  return {
    ...original,
    createTrainingStream(...given: Parameters<typeof Data.createTrainingStream>) {
      const stream = original.createTrainingStream(...given);
      let batches = 0;
      const next = (): ReturnType<typeof stream.next> => (batches++ < workerDiesAfter ? stream.next() : die());
      const die = async (): Promise<never> => {
        await onDeath();
        throw new Error('the worker thread ended with exit code 1');
      };
      return { ...stream, next };
    },
  };
});

let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
});

/** What a training prints. */
async function said(action: () => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    await action();
  } finally {
    write.mockRestore();
  }
  return lines.join('');
}

describe('a failure outside the update', () => {
  it('saves the iterations done before it ends the training, which goes on when the cause is gone', async () => {
    const own = await smallDataset(path.join(folder(), 'breaking'));
    const whole = path.join(folder(), 'whole');
    const out = path.join(folder(), 'broken');
    const config = smallConfig({ iterations: 12, batch: 1, onCorrupt: 'refuse' });
    await train({ data: own, out: whole, config });
    // One that no grid shows, so that it is met in the middle.
    const images = (await readdir(path.join(own, 'train', 'square'))).filter((name) => name.endsWith('.png')).sort();
    const broken = path.join(own, 'train', 'square', images.at(-1)!);
    const bytes = await readFile(broken);
    await writeFile(broken, bytes.subarray(0, 60));
    const failure = await train({ data: own, out, config }).then(() => '', (error: Error) => error.message);
    const iteration = Number(/iteration (\d+) was saved in .*; go on with --resume when the cause is gone/.exec(failure)?.[1]);
    expect(failure).toContain(broken);
    expect(iteration).toBeGreaterThan(0);
    expect((await findCheckpoint(out)).checkpoint?.iteration).toBe(iteration);
    await writeFile(broken, bytes);
    await train({ data: own, out, config, resume: true });
    const weights = async (run: string): Promise<Buffer> => readFile(path.join((await findCheckpoint(run)).checkpoint!.path, 'generator_ema.safetensors'));
    expect((await weights(out)).equals(await weights(whole))).toBe(true);
  });

  it('is a dead worker, too', async () => {
    const out = path.join(folder(), 'workerless');
    workerDiesAfter = 2;
    const training = train({ data, out, config: smallConfig({ iterations: 4 }) }).finally(() => (workerDiesAfter = Infinity));
    await expect(training).rejects.toThrow(/the worker thread ended with exit code 1; iteration 2 was saved in .*0000002; go on with --resume when the cause is gone/);
    expect(await train({ data, out, config: smallConfig({ iterations: 4 }), resume: true })).toMatchObject({ iteration: 4, completed: true });
  });

  it('says both when the state cannot be saved either', async () => {
    const out = path.join(folder(), 'unsaved');
    workerDiesAfter = 2;
    // A file where the folder of checkpoints should be.
    onDeath = () => writeFile(path.join(out, 'checkpoints'), '');
    const training = train({ data, out, config: smallConfig({ iterations: 4, saveMinutes: 0 }) }).finally(() => {
      workerDiesAfter = Infinity;
      onDeath = () => Promise.resolve();
    });
    await expect(training).rejects.toThrow(
      /the worker thread ended .*; and iteration 2 could not be saved: .*(ENOTDIR|EEXIST).*; there is no checkpoint yet/,
    );
  });
});

describe('a grid or a log that cannot be written', () => {
  it('is warned of once, counted, and does not stop the training', async () => {
    const out = path.join(folder(), 'gridless');
    await mkdir(out);
    await writeFile(runPaths(out).samples, 'a file where the folder should be');
    const text = await said(() => train({ data, out, config: smallConfig({ iterations: 3, sampleEvery: 1 }) }));
    expect(text.match(/a sample grid could not be written: .*; training goes on, further failures are counted/g)).toHaveLength(1);
    expect(text).toContain('warning: a sample grid could not be written 3 times');
    expect((await findCheckpoint(out)).checkpoint?.iteration).toBe(3);
  });

  it('is written later where it is a log', async () => {
    const written: LogEntry[] = [];
    let isFull = false;
    const log = patientLog({
      append(entry) {
        if (isFull) return Promise.reject(new Error('ENOSPC'));
        written.push(entry);
        return Promise.resolve();
      },
    });
    const lines: string[] = [];
    const attempts = tolerateFailures((line) => lines.push(line));
    for (const iteration of [1, 2, 3, 4]) {
      isFull = iteration === 2 || iteration === 3;
      await attempts.attempt('log.jsonl', () => log.append({ iteration }));
    }
    expect(written.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4]);
    expect(lines).toEqual(['warning: log.jsonl could not be written: ENOSPC; training goes on, further failures are counted']);
    expect(attempts.summary()).toEqual(['warning: log.jsonl could not be written 2 times']);
  });
});

describe('saving', () => {
  const networks = buildNetworks(smallConfig(), 2);
  const state = initialState(networks, buildOptimizers(smallConfig()), 1);

  it('is due by iterations and by minutes, each of which may be off', () => {
    const due = (values: object): boolean[] => {
      const saver = createSaver({ out: '', networks, config: smallConfig(values), lock: { requireHeld: () => Promise.resolve() }, faultOf: () => undefined, last: undefined, warn: () => undefined });
      return [1, 2, 3, 4].map((iteration) => saver.isDue(iteration));
    };
    expect(due({ saveEvery: 2, saveMinutes: 0 })).toEqual([false, true, false, true]);
    expect(due({ saveEvery: 0, saveMinutes: 1e-12 })).toEqual([true, true, true, true]);
    expect(due({ saveEvery: 0, saveMinutes: 0 })).toEqual([false, false, false, false]);
  });

  it('that fails is warned of and tried again, and takes nothing away before the new checkpoint is there', async () => {
    const out = path.join(folder(), 'retried');
    const warnings: string[] = [];
    let isLost = false;
    const requireHeld = (): Promise<void> => (isLost ? Promise.reject(new Error('no space left')) : Promise.resolve());
    const config = smallConfig({ saveEvery: 10, keepCheckpoints: 1 });
    const saver = createSaver({ out, networks, config, lock: { requireHeld }, faultOf: () => undefined, last: undefined, warn: (line) => warnings.push(line) });
    await saver.trySave(state);
    const first = saver.last!.path;
    state.iteration = 10;
    isLost = true;
    expect(await saver.trySave(state)).toBeUndefined();
    expect(warnings).toEqual([
      `WARNING: iteration 10 is not saved: no space left; training goes on, tried again at the next multiple of 10 iterations or in 15 minutes; the last good checkpoint is ${first}`,
    ]);
    expect(await readdir(path.join(out, 'checkpoints'))).toEqual(['0000000']);
    isLost = false;
    await saver.save(state);
    expect(await readdir(path.join(out, 'checkpoints'))).toEqual(['0000010']);
    disposeState(state);
  });

  it('by minutes leaves checkpoints beside those by iterations', async () => {
    const out = path.join(folder(), 'minutes');
    await train({ data, out, config: smallConfig({ iterations: 3, saveMinutes: 1e-9 }) });
    expect((await readdir(path.join(out, 'checkpoints'))).sort()).toEqual(['0000001', '0000002', '0000003']);
  });
});
