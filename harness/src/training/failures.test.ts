import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import type * as Data from '@stargan/data';
import { openDataset, planTrainingBatch } from '@stargan/data';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { retryingLog, type LogEntry, findCheckpoint, runPaths } from '@stargan/run';
import { optionalWrites } from '../logging/optional-writes.js';
import { buildNetworks, buildOptimizers, disposeState, initialState } from '@stargan/training';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { createSaver } from './saver.js';
import { train } from './train.js';

type Stream = ReturnType<typeof Data.createTrainingStream>;

/** What happens to batches in the test that wants it; `count` are those given before. */
let intercept: ((count: number, next: Stream['next']) => ReturnType<Stream['next']>) | undefined;

vi.mock('@stargan/data', async (importOriginal) => {
  const original = await importOriginal<typeof Data>();
  return {
    ...original,
    createTrainingStream(...given: Parameters<typeof Data.createTrainingStream>): Stream {
      process.on('worker', keepDecoder);
      const stream = original.createTrainingStream(...given);
      let count = 0;
      const take = (): ReturnType<Stream['next']> => stream.next();
      return { ...stream, next: () => intercept?.(count++, take) ?? take() };
    },
  };
});

/** Threads that were begun since the first stream was, the decoding ones. */
const decoders: Worker[] = [];
const keepDecoder = (worker: Worker): void => void decoders.push(worker);

afterEach(() => {
  intercept = undefined;
  process.off('worker', keepDecoder);
});

/** The thread that reads images cannot be had again after two batches. */
function killWorker(first: () => Promise<void> = () => Promise.resolve()): void {
  intercept = async (count, next) => {
    if (count < 2) return next();
    await first();
    throw new Error('the worker thread ended with exit code 1');
  };
}

let data = '';
/** Two trainings whose decoding threads or images fail are compared with the one that is left alone. */
const compared = { batch: 1, checkImages: 'none' } as const;
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
  await train({ data, out: path.join(created, 'whole'), config: smallConfig({ ...compared, iterations: 7, saveEvery: 4 }) });
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
    const [whole, out] = [path.join(folder(), 'whole'), path.join(folder(), 'broken')];
    const config = smallConfig({ ...compared, iterations: 4, onCorrupt: 'refuse' });
    // The first one that was not drawn before.
    const { train: folders } = await openDataset(own);
    const drawn = (iteration: number): string[] => {
      const { source, reference } = planTrainingBatch(folders, { seed: config.seed, iteration, batch: 1 });
      return [...source.map(({ file }) => file), ...reference.flatMap(({ first, second }) => [first.file, second.file])];
    };
    const seen = drawn(0);
    const met = [1, 2, 3].find((iteration) => drawn(iteration).some((file) => !seen.includes(file)))!;
    const broken = drawn(met).find((file) => !seen.includes(file))!;
    const bytes = await readFile(broken);
    await writeFile(broken, bytes.subarray(0, 60));
    const failure = await train({ data: own, out, config }).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(failure).toContain(broken);
    expect(failure).toMatch(new RegExp(`; iteration ${met} was saved in .*000000${met}; go on with --resume when the cause is gone$`));
    await writeFile(broken, bytes);
    await train({ data: own, out, config, resume: true });
    const weights = async (run: string): Promise<Buffer> =>
      readFile(path.join((await findCheckpoint(run, 4)).checkpoint!.path, 'generator_ema.safetensors'));
    expect((await weights(out)).equals(await weights(whole))).toBe(true);
  });

  it('is a dead worker, too', async () => {
    const out = path.join(folder(), 'workerless');
    killWorker();
    await expect(train({ data, out, config: smallConfig({ iterations: 3 }) })).rejects.toThrow(
      /the worker thread ended with exit code 1; iteration 2 was saved in .*0000002; go on with --resume when the cause is gone/,
    );
    intercept = undefined;
    expect(await train({ data, out, config: smallConfig({ iterations: 3 }), resume: true })).toMatchObject({
      iteration: 3,
      completed: true,
    });
  });

  it('is no decoding thread that is killed once, which changes nothing', async () => {
    const [whole, out] = [path.join(folder(), 'whole'), path.join(folder(), 'killed once')];
    const config = smallConfig({ ...compared, iterations: 7 });
    intercept = async (count, next) => {
      if (count === 1) await decoders.at(-1)!.terminate();
      return next();
    };
    await train({ data, out, config });
    for (const file of ['log.jsonl', 'checkpoints/0000007/generator.safetensors']) {
      expect((await readFile(path.join(out, file))).equals(await readFile(path.join(whole, file))), file).toBe(true);
    }
  });

  it('is a decoding thread that is killed again and again', async () => {
    const out = path.join(folder(), 'killed');
    const config = smallConfig({ ...compared, iterations: 20 });
    intercept = async (_, next) => {
      await decoders.at(-1)!.terminate();
      return next();
    };
    const failure = await train({ data, out, config }).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(failure).toMatch(/the worker thread ended with exit code 1.*; go on with --resume when the cause is gone/);
    const { checkpoint } = await findCheckpoint(out);
    expect(failure).toContain(`iteration ${checkpoint!.iteration} was saved in ${checkpoint!.path}`);
    intercept = undefined;
    const iterations = checkpoint!.iteration + 1;
    expect(await train({ data, out, config: { ...config, iterations }, resume: true })).toMatchObject({
      iteration: iterations,
      completed: true,
    });
  });

  it('is an evaluation, whose checkpoint is saved before it begins', async () => {
    const out = path.join(folder(), 'unevaluated');
    await mkdir(out);
    await writeFile(runPaths(out).evaluations, 'a file where the folder should be');
    await expect(
      train({ data, out, config: smallConfig({ iterations: 2, evaluateEvery: 1, evaluateSources: 1, evaluateOutputs: 2 }) }),
    ).rejects.toThrow(/; nothing is lost: the last good checkpoint is .*0000001/);
  });

  it('leaves both reasons when the state cannot be saved either', async () => {
    const out = path.join(folder(), 'unsaved');
    killWorker(() => writeFile(path.join(out, 'checkpoints'), 'a file where the folder should be'));
    await expect(train({ data, out, config: smallConfig({ iterations: 3 }) })).rejects.toThrow(
      /the worker thread ended .*; and iteration 2 could not be saved: .*(ENOTDIR|EEXIST).*; there is no checkpoint yet/,
    );
  });
});

describe('a failure within the update', () => {
  it('saves nothing, since half of an iteration may be done', async () => {
    const out = path.join(folder(), 'halfway');
    intercept = async (count, next) => {
      const batch = await next();
      // The networks refuse labels for fewer images than there are.
      return count < 1 ? batch : { ...batch, reference: { ...batch.reference, domains: batch.reference.domains.slice(1) } };
    };
    await expect(train({ data, out, config: smallConfig({ iterations: 3, saveEvery: 1 }) })).rejects.toThrow(
      /; iteration 2 was under way and is not saved; the last good checkpoint is .*0000001/,
    );
    expect(await readdir(path.join(out, 'checkpoints'))).toEqual(['0000001']);
  });
});

describe('a batch that leads to NaN', () => {
  it('is passed over after a roll-back, also by a training that is resumed', async () => {
    const out = path.join(folder(), 'passed-over');
    const draws: number[] = [];
    intercept = async (_, next) => {
      const batch = await next();
      draws.push(batch.iteration);
      return batch.iteration === 2 ? { ...batch, source: { ...batch.source, images: batch.source.images.map(() => NaN) } } : batch;
    };
    const config = (iterations: number): ReturnType<typeof smallConfig> =>
      smallConfig({ iterations, saveEvery: 1, onNonFinite: 'rollback' });
    expect(await train({ data, out, config: config(3) })).toMatchObject({ iteration: 3, completed: true });
    expect(await train({ data, out, config: config(4), resume: true })).toMatchObject({ iteration: 4, completed: true });
    expect(draws).toEqual([0, 1, 2, 3, 4]);
    expect((await findCheckpoint(out)).checkpoint?.manifest.metadata).toEqual({ drawOffset: 1, rollbacks: 1 });
  });
});

describe('a grid or a log that cannot be written', () => {
  it('is warned of once, counted, and does not stop the training', async () => {
    const out = path.join(folder(), 'gridless');
    await mkdir(out);
    await writeFile(runPaths(out).samples, 'a file where the folder should be');
    const text = await said(() => train({ data, out, config: smallConfig({ iterations: 2, sampleEvery: 1 }) }));
    expect(text.match(/a sample grid could not be written: .*; training goes on, further failures are counted/g)).toHaveLength(1);
    expect(text).toContain('warning: a sample grid could not be written 3 times');
    expect((await findCheckpoint(out)).checkpoint?.iteration).toBe(2);
  });

  it('is written later where it is a log', async () => {
    const written: LogEntry[] = [];
    let isFull = false;
    const log = retryingLog({
      append(entry) {
        if (isFull) return Promise.reject(new Error('ENOSPC'));
        written.push(entry);
        return Promise.resolve();
      },
    });
    const lines: string[] = [];
    const writes = optionalWrites((line) => lines.push(line));
    for (const iteration of [1, 2, 3, 4]) {
      isFull = iteration === 2 || iteration === 3;
      await writes.attempt('log.jsonl', () => log.append({ iteration }));
    }
    expect(written.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4]);
    expect(lines).toEqual(['warning: log.jsonl could not be written: ENOSPC; training goes on, further failures are counted']);
    expect(writes.summary()).toEqual(['warning: log.jsonl could not be written 2 times']);
  });
});

describe('saving', () => {
  const networks = buildNetworks(smallConfig(), 2);
  const state = initialState(networks, buildOptimizers(smallConfig()), 1);

  it('is due by iterations and by minutes, each of which may be off', () => {
    const due = (values: object): boolean[] => {
      const saver = createSaver({
        out: '',
        networks,
        config: smallConfig(values),
        lock: { requireHeld: () => Promise.resolve() },
        faultOf: () => undefined,
        last: undefined,
        warn: () => undefined,
      });
      return [1, 2, 3, 4].map((iteration) => saver.isDue(iteration));
    };
    expect(due({ saveEvery: 2, saveMinutes: 0 })).toEqual([false, true, false, true]);
    expect(due({ saveEvery: 0, saveMinutes: 1e-12 })).toEqual([true, true, true, true]);
    expect(due({ saveEvery: 0, saveMinutes: 0 })).toEqual([false, false, false, false]);
  });

  it('that fails, or is of a state with a fault, takes nothing away; it is warned of and tried again', async () => {
    const out = path.join(folder(), 'retried');
    const warnings: string[] = [];
    let isLost = false;
    const requireHeld = (): Promise<void> => (isLost ? Promise.reject(new Error('no space left')) : Promise.resolve());
    const config = smallConfig({ saveEvery: 10, keepCheckpoints: 1 });
    const saver = createSaver({
      out,
      networks,
      config,
      lock: { requireHeld },
      faultOf: () => undefined,
      last: undefined,
      warn: (line) => warnings.push(line),
    });
    await saver.trySave(state);
    const first = saver.last!.path;
    state.iteration = 10;
    isLost = true;
    expect(await saver.trySave(state)).toBeUndefined();
    expect(warnings).toEqual([
      `WARNING: iteration 10 is not saved: no space left; training goes on, tried again at the next multiple of 10 iterations or in 15 minutes; the last good checkpoint is ${first}`,
    ]);
    expect(await readdir(path.join(out, 'checkpoints'))).toEqual(['0000000']);
    state.iteration = config.iterations;
    expect(await saver.trySave(state)).toBeUndefined();
    expect(warnings[1]).toContain('no space left; tried once more before training ends; the last good');
    state.iteration = 10;
    isLost = false;
    const faulty = createSaver({
      out,
      networks,
      config,
      lock: { requireHeld },
      faultOf: () => 'the generator overflows',
      last: undefined,
      warn: () => undefined,
    });
    await expect(faulty.save(state)).rejects.toThrow('the generator overflows');
    expect(await readdir(path.join(out, 'checkpoints'))).toEqual(['0000000']);
    await saver.save(state);
    expect(await readdir(path.join(out, 'checkpoints'))).toEqual(['0000010']);
    disposeState(state);
  });

  it('by minutes leaves checkpoints beside those by iterations', async () => {
    const out = path.join(folder(), 'minutes');
    await train({ data, out, config: smallConfig({ iterations: 2, saveMinutes: 1e-9 }) });
    expect((await readdir(path.join(out, 'checkpoints'))).sort()).toEqual(['0000001', '0000002']);
  });
});
