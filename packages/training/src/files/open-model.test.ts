import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findLatestCheckpoint, type Checkpoint } from '@stargan/checkpoints';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { disposeAll } from '../networks/weights.js';
import { writeSmallRun } from '../testing/small-run.js';
import { useTemporaryFolder } from '../testing/temporary-folder.js';
import { checkpointDirectory } from './checkpoint.js';
import { openModel, type OpenedModel, type OpenModelOptions } from './open-model.js';

const folder = useTemporaryFolder((created) => writeSmallRun(path.join(created, 'good'), { iterations: [1, 2] }));
const good = (): string => path.join(folder(), 'good');

let copies = 0;
/** A copy of the run with two checkpoints, to be damaged. */
async function copied(): Promise<string> {
  const run = path.join(folder(), `copy-${copies++}`);
  await cp(good(), run, { recursive: true });
  return run;
}

async function newest(run: string): Promise<Checkpoint> {
  const { checkpoint } = await findLatestCheckpoint(checkpointDirectory(run), { verify: 'sha256' });
  return checkpoint!;
}

/** What is opened, its weights freed again. */
async function opened(...[source, options]: Parameters<typeof openModel>): Promise<OpenedModel> {
  const model = await openModel(source, options);
  disposeAll(...Object.values(model.weights));
  return model;
}

describe('opening a model', () => {
  it('takes the newest checkpoint of a run, or the one of an iteration, with what the model was trained as', async () => {
    const { checkpoint, domains, config } = await opened(good());
    expect([checkpoint.iteration, domains, config.imageSize]).toEqual([2, ['circle', 'triangle'], 16]);
    expect((await opened(good(), { iteration: 1 })).checkpoint.iteration).toBe(1);
    expect((await opened(path.join(good(), 'checkpoints', '0000001'))).checkpoint.iteration).toBe(1);
  });

  it('passes over a checkpoint that was changed, says so, and needs only the files that it reads', async () => {
    const run = await copied();
    for (const name of ['discriminator.safetensors', 'generator_optimizer.safetensors'])
      await rm(path.join(run, 'checkpoints', '0000001', name));
    const file = path.join(run, 'checkpoints', '0000002', 'generator_ema.safetensors');
    const bytes = await readFile(file);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(file, bytes);
    const passedOver: string[] = [];
    const { checkpoint } = await opened(run, { onPassedOver: ({ reason }) => passedOver.push(reason) });
    expect(checkpoint.iteration).toBe(1);
    expect(passedOver.join()).toMatch(/generator_ema\.safetensors is not what was written: its sha256 differs/);
    expect((await opened(run, { verify: 'sizes' })).checkpoint.iteration).toBe(2);
  });

  it.each<[string, (run: string) => Promise<string>, OpenModelOptions, RegExp]>([
    ['no run', (run) => Promise.resolve(path.dirname(run)), {}, /holds no model \(there is no config\.json\); give the folder of a run/],
    [
      'no checkpoint',
      (run) => rm(path.join(run, 'checkpoints'), { recursive: true }).then(() => run),
      {},
      /has no checkpoint yet; train it first/,
    ],
    [
      'no whole checkpoint',
      async (run) => {
        for (const name of ['0000001', '0000002']) await rm(path.join(run, 'checkpoints', name, 'style_encoder_ema.safetensors'));
        return run;
      },
      {},
      /has no checkpoint that can be used \(.*0000002: style_encoder_ema\.safetensors is missing; .*0000001: .*\); put one back/,
    ],
    [
      'no checkpoint of the iteration',
      (run) => Promise.resolve(run),
      { iteration: 7 },
      /there is no whole checkpoint of iteration 7: .*0000007: there is no manifest\.json; others are 1, 2/,
    ],
    [
      'another iteration than the checkpoint',
      (run) => Promise.resolve(path.join(run, 'checkpoints', '0000001')),
      { iteration: 2 },
      /is the checkpoint of iteration 1, not of 2; give the folder of its run/,
    ],
    [
      'a checkpoint without its run',
      async (run) => {
        await rm(path.join(run, 'config.json'));
        return path.join(run, 'checkpoints', '0000001');
      },
      {},
      /holds a checkpoint, but no config\.json is there or two folders above; add that of its run/,
    ],
    [
      'a config that is no JSON',
      (run) => writeFile(path.join(run, 'config.json'), '{').then(() => run),
      {},
      /config\.json is damaged: .*JSON/,
    ],
    [
      'a config without domains',
      async (run) => {
        const file = path.join(run, 'config.json');
        await writeFile(file, (await readFile(file, 'utf8')).replace('["circle","triangle"]', '[]'));
        return run;
      },
      {},
      /config\.json is damaged: domains must be a list of names, at least one/,
    ],
    [
      'a config of another version',
      (run) => writeFile(path.join(run, 'config.json'), '{"formatVersion": 2}').then(() => run),
      {},
      /config\.json is damaged: formatVersion must be 1, got 2; it was written by another version/,
    ],
    [
      'a config with a value out of range',
      async (run) => {
        const file = path.join(run, 'config.json');
        await writeFile(file, (await readFile(file, 'utf8')).replace('"imageSize":16', '"imageSize":17'));
        return run;
      },
      {},
      /config\.json is damaged: .*imageSize.* must be a power of two ≥ 16/,
    ],
    [
      'a model of other sizes than the config says',
      async (run) => {
        const file = path.join(run, 'config.json');
        await writeFile(file, (await readFile(file, 'utf8')).replace('"styleDim":4', '"styleDim":8'));
        return run;
      },
      {},
      /generator_ema\.safetensors: .*expected shape .*; the file belongs to a model of other sizes/,
    ],
  ])('names what is amiss, and keeps nothing in memory: %s', async (_, change, options, message) => {
    const run = await change(await copied());
    const before = memory().numTensors;
    await expect(openModel(run, options)).rejects.toThrow(message);
    expect(memory().numTensors).toBe(before);
  });
});

describe('opening a model that is being trained', () => {
  it('looks for another checkpoint when the one it reads is removed', async () => {
    const run = await copied();
    const given: number[] = [];
    const { checkpoint } = await opened(run, {
      find: async () => {
        const found = await newest(run);
        given.push(found.iteration);
        if (found.iteration === 2) await rm(found.path, { recursive: true });
        return found;
      },
    });
    expect([given, checkpoint.iteration]).toEqual([[2, 1], 1]);
  });

  it('does not try again where a file is damaged', async () => {
    const run = await copied();
    let asked = 0;
    const opening = openModel(run, {
      find: async () => {
        asked++;
        const checkpoint = await newest(run);
        await writeFile(path.join(checkpoint.path, 'style_encoder_ema.safetensors'), 'half');
        return checkpoint;
      },
    });
    await expect(opening).rejects.toThrow(/style_encoder_ema\.safetensors: a safetensors file has at least 8 bytes/);
    expect(asked).toBe(1);
  });
});

describe('finite weights that are too large to compute with', () => {
  it('are refused for pictures', async () => {
    const run = path.join(folder(), 'overflowing');
    await writeSmallRun(run, { iterations: [1, 2], overflows: true });
    const before = memory().numTensors;
    await expect(openModel(run, { find: () => newest(run) })).rejects.toThrow(
      /0000002: the mappingNetwork gives values that are not finite, though its weights are finite; the checkpoint cannot be used, take an earlier one/,
    );
    expect(memory().numTensors).toBe(before);
  });
});
