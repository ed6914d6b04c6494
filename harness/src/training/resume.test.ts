import { createHash } from 'node:crypto';
import { appendFile, cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { whyNotCaptured } from '@stargan/backend';
import { describe, expect, it, vi } from 'vitest';
import { readMetricLog, requireCheckpoint, runPaths } from '@stargan/run';
import { smallConfig, smallDataset, useTemporaryFolder } from '../testing/small-run.js';
import { UsageError } from '../usage-error.js';
import { train } from './train.js';

let data = '';
const folder = useTemporaryFolder(async (created) => {
  data = await smallDataset(created);
  await train({ data, out: path.join(created, 'trained'), config: smallConfig({ iterations: 4, saveEvery: 2 }) });
});

/** A copy of a run of four iterations with checkpoints of 2 and 4. */
async function trainedRun(name: string): Promise<string> {
  const out = path.join(folder(), name);
  await cp(path.join(folder(), 'trained'), out, { recursive: true });
  return out;
}

/** A copy of the images. */
async function copiedImages(name: string): Promise<string> {
  const own = path.join(folder(), name);
  await cp(data, own, { recursive: true });
  return own;
}

const history = async (out: string): Promise<Record<string, unknown>[]> =>
  (await readFile(runPaths(out).history, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const logged = async (out: string): Promise<number[]> => (await readMetricLog(runPaths(out).log)).map(({ iteration }) => iteration);

/** What the history says of a training that is too short to be recorded. */
const FEW = expect.stringMatching(/^operation by operation: fewer than 5 iterations are left/) as string;

async function flipByte(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(file, bytes);
}

describe('resuming', () => {
  it('continues bit for bit where updates were replayed with ones that run operation by operation, and the other way round', async () => {
    const checksums = async (out: string): Promise<[string, string][]> => {
      const checkpoint = path.join(out, 'checkpoints', '0000010');
      const files = (await readdir(checkpoint)).filter((name) => name.endsWith('.safetensors'));
      const hash = async (name: string): Promise<string> =>
        createHash('sha256')
          .update(await readFile(path.join(checkpoint, name)))
          .digest('hex');
      return Promise.all(files.map(async (name): Promise<[string, string]> => [name, await hash(name)]));
    };
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const run = async (name: string, modes: readonly ('auto' | 'off')[]): Promise<[string, string][]> => {
      const out = path.join(folder(), name);
      for (const [i, compile] of modes.entries()) {
        await train({ data, out, config: smallConfig({ compile, iterations: (10 / modes.length) * (i + 1) }), resume: i > 0 });
      }
      return checksums(out);
    };
    const eager = await run('eager', ['off']);
    expect(eager.length).toBeGreaterThan(8);
    expect(await run('replayed', ['auto'])).toEqual(eager);
    expect(await run('replayed first', ['auto', 'off'])).toEqual(eager);
    expect(await run('replayed last', ['off', 'auto'])).toEqual(eager);
    warn.mockRestore();
    expect((await history(path.join(folder(), 'replayed last'))).map(({ updates }) => updates).filter(Boolean)).toEqual([
      'operation by operation: compile is off',
      whyNotCaptured() === undefined ? 'replayed' : `operation by operation: ${whyNotCaptured()}`,
    ]);
    const [begun] = await history(path.join(folder(), 'trained'));
    expect(begun).toMatchObject({ updates: FEW });
  });

  it('goes on from the checkpoint before one with a flipped byte, whose file it names', async () => {
    const out = await trainedRun('flipped');
    await flipByte(path.join(out, 'checkpoints', '0000004', 'style_encoder.safetensors'));
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await train({ data, out, config: smallConfig({ iterations: 5 }), resume: true });
    expect(warn.mock.calls.flat().join('\n')).toMatch(
      /checkpoint .*0000004 was passed over: the content of style_encoder\.safetensors is not what was written/,
    );
    warn.mockRestore();
    expect((await history(out)).filter(({ event }) => event === 'resumed')).toMatchObject([{ iteration: 2, updates: FEW }]);
    expect(await logged(out)).toEqual([1, 2, 3, 4, 5]);
  });

  it('is refused, and nothing changed, when there are checkpoints and none can be used', async () => {
    const out = await trainedRun('damaged');
    for (const name of ['0000002', '0000004']) await flipByte(path.join(out, 'checkpoints', name, 'generator.safetensors'));
    await expect(train({ data, out, config: smallConfig({ iterations: 6 }), resume: true })).rejects.toThrow(
      /damaged holds checkpoints, but none can be used \(.*0000004: .*generator\.safetensors.*; .*0000002: .*\); put one back from a copy, or start again in another folder with --out; nothing was changed/,
    );
    expect(await logged(out)).toEqual([1, 2, 3, 4]);
    await expect(requireCheckpoint(out)).rejects.toThrow(/has no checkpoint that can be used: .*0000004/);
  });

  it.each([false, true])('is refused where checkpoints or logs lie without a config.json, --resume or not (%s)', async (resume) => {
    const out = await trainedRun(`headless-${resume}`);
    await rm(runPaths(out).config);
    const attempt = (): Promise<unknown> => train({ data, out, config: smallConfig({ iterations: 5, seed: 5 }), resume });
    await expect(attempt()).rejects.toThrow(UsageError);
    await expect(attempt()).rejects.toThrow(/holds .*0000004 of a run, but no config\.json; put .* back from a copy/);
    await rename(path.join(out, 'checkpoints'), path.join(folder(), `kept-${resume}`));
    await expect(attempt()).rejects.toThrow(/holds .*log\.jsonl of a run, but no config\.json/);
    expect(await logged(out)).toEqual([1, 2, 3, 4]);
  });

  it('refuses by name what cannot change, and lists and records what does', async () => {
    const out = await trainedRun('changed');
    const resume = (values: Parameters<typeof smallConfig>[0]): Promise<unknown> =>
      train({ data, out, config: smallConfig({ iterations: 4, saveEvery: 2, ...values }), resume: true });
    await expect(resume({ seed: 1, styleDim: 5 })).rejects.toThrow(
      'was trained with styleDim 4, now it is 5; with seed 777, now it is 1; this cannot change halfway',
    );
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await resume({ iterations: 5, lambdaStyle: 3 });
    expect(warn.mock.calls.flat()).toEqual(['iterations: 5 from now on, 4 before', 'lambdaStyle: 3 from now on, 1 before']);
    warn.mockRestore();
    const events = await history(out);
    expect(events.map(({ event }) => event)).toEqual(['begun', 'completed', 'resumed', 'completed']);
    expect(events[2]).toMatchObject({
      iteration: 4,
      changes: [
        { key: 'iterations', from: 4, to: 5 },
        { key: 'lambdaStyle', from: 1, to: 3 },
      ],
    });
    expect(JSON.parse(await readFile(runPaths(out).config, 'utf8'))).toMatchObject({ config: { lambdaStyle: 3 } });
  });

  it('is refused on images of other domains, named, also when there are as many', async () => {
    const own = await copiedImages('renaming');
    const out = await trainedRun('renamed');
    for (const split of ['train', 'val']) await rename(path.join(own, split, 'square'), path.join(own, split, 'triangle'));
    await expect(train({ data: own, out, config: smallConfig({ iterations: 5 }), resume: true })).rejects.toThrow(
      'was trained on the domains circle, square, the data has circle, triangle; name another folder as --out',
    );
  });

  it('says and records which images were added, removed or resized since', async () => {
    const own = await copiedImages('changing');
    const out = await trainedRun('moved');
    const circles = path.join(own, 'train', 'circle');
    const [first, second, third] = (await readdir(circles)).sort();
    await rename(path.join(circles, first!), path.join(circles, 'new.png'));
    await appendFile(path.join(circles, second!), ' ');
    const said: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    await train({ data: own, out, config: smallConfig({ iterations: 4 }), resume: true }).finally(() => write.mockRestore());
    expect(said.join('')).toContain(
      `the images are not those that the run was trained on before: 1 image added (train/circle/new.png), 1 removed (train/circle/${first}), 1 changed (train/circle/${second})`,
    );
    const events = await history(out);
    expect(events.at(-2)).toMatchObject({
      event: 'resumed',
      images: { added: ['train/circle/new.png'], removed: [`train/circle/${first}`], changed: [`train/circle/${second}`] },
    });
    // The contents are told apart on request, from when they are recorded.
    const contents = smallConfig({ iterations: 4, fingerprint: 'contents' });
    await train({ data: own, out, config: contents, resume: true });
    await flipByte(path.join(circles, third!));
    await train({ data: own, out, config: contents, resume: true });
    expect((await history(out)).at(-2)).toMatchObject({ images: { changed: [`train/circle/${third}`] } });
  });
});
