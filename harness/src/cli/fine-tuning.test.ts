import { createHash } from 'node:crypto';
import { appendFile, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readSafetensors, saveCheckpoint, type CheckpointContent } from '@stargan/checkpoints';
import { writeDemoImages } from '@stargan/data';
import { exportPyTorch, importReference } from '@stargan/exchange';
import { describe, expect, it } from 'vitest';
import { runPaths, lockRun } from '@stargan/run';
import { stargan } from '../testing/run-command.js';
import { SMALL_CONFIG, useTemporaryFolder } from '../testing/small-run.js';

const assignments = (values: object): string[] => Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
const SMALL = assignments({ ...SMALL_CONFIG, iterations: 2 });

const folder = useTemporaryFolder(async (created) => {
  const draw = (name: string, domains: ('circle' | 'square' | 'triangle')[]): Promise<unknown> =>
    writeDemoImages(path.join(created, name), { imagesPerDomain: 6, validationPerDomain: 2, imageSize: 24, domains });
  await draw('two', ['circle', 'square']);
  await draw('three', ['circle', 'square', 'triangle']);
  await draw('other', ['square', 'triangle']);
  const { code, err } = await stargan('train', '--data', path.join(created, 'two'), '--out', path.join(created, 'old'), ...SMALL);
  expect(code, err).toBe(0);
});

const at = (...names: string[]): string => path.join(folder(), ...names);
const train = (data: string, out: string, ...options: string[]): ReturnType<typeof stargan> =>
  stargan('train', '--data', at(data), '--out', at(out), ...options);

const tensorsOf = async (run: string, iteration: number, file: string): ReturnType<typeof readSafetensors> =>
  readSafetensors(at(run, 'checkpoints', `${iteration}`.padStart(7, '0'), `${file}.safetensors`));

async function bytesOf(run: string, iteration: number, file: string): Promise<Record<string, string>> {
  const { tensors } = await tensorsOf(run, iteration, file);
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data }]) => [
      name,
      createHash('sha256')
        .update(data as Float32Array)
        .digest('hex'),
    ]),
  );
}

/** All tensors of a checkpoint. */
async function checksums(run: string, iteration: number): Promise<Record<string, Record<string, string>>> {
  const names = await readdir(at(run, 'checkpoints', `${iteration}`.padStart(7, '0')));
  const files = names.filter((name) => name.endsWith('.safetensors')).map((name) => path.basename(name, '.safetensors'));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await bytesOf(run, iteration, file)] as const)));
}

const recordOf = async (run: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(at(run, 'config.json'), 'utf8')) as Record<string, unknown>;

describe('stargan train --from', () => {
  it('begins with the moving averages of the trained run, says what it keeps, and records where they are from', async () => {
    const { code, err } = await train('three', 'third', '--from', at('old'), '--iterations', '1', '--set', 'keepCheckpoints=9');
    expect(code, err).toBe(0);
    expect(err).toContain(
      `begins with the weights of ${at('old', 'checkpoints', '0000002')}, iteration 2: the moving averages, and the discriminator`,
    );
    expect(err).toMatch(/^ {2}kept: \d+ tensors, [\d,]+ parameters; of these in part: discriminator\.main\.6\.\*$/m);
    expect(err).toMatch(
      /^ {2}new: 10 tensors and a part of 2 more, [\d,]+ parameters: mapping_network\.unshared\.2\.\*, style_encoder\.unshared\.2\.\*$/m,
    );
    expect(err).toContain('domains that keep their heads: circle, square');
    expect(err).toContain('domains whose heads are new: triangle');
    expect(err).toContain('iterations: 1, 2 in the run of the weights');
    const [old, first] = [await checksums('old', 2), await checksums('third', 0)];
    for (const network of ['generator', 'mapping_network', 'style_encoder']) {
      expect(first[network]).toMatchObject(old[`${network}_ema`]!);
      expect(first[`${network}_ema`]).toEqual(first[network]);
    }
    const heads = (names: Record<string, string>): string[] => Object.keys(names).filter((name) => name.startsWith('main.6.'));
    for (const [name, sum] of Object.entries(first.discriminator!))
      expect(sum === old.discriminator![name], name).toBe(!heads(first.discriminator!).includes(name));
    // The optimisers begin anew.
    const { tensors, metadata } = await tensorsOf('third', 0, 'generator_optimizer');
    expect(metadata).toMatchObject({ step: '0' });
    expect(Object.values(tensors).every(({ data }) => (data as Float32Array).every((value) => value === 0))).toBe(true);
    const { from } = (await recordOf('third')) as { from: { files: Record<string, string> } };
    expect(from).toMatchObject({ run: 'old', iteration: 2, weights: 'ema' });
    const hash = createHash('sha256').update(await readFile(at('old', 'checkpoints', '0000002', 'generator_ema.safetensors')));
    expect(from.files['generator_ema.safetensors']).toBe(hash.digest('hex'));
    const [begun] = (await readFile(runPaths(at('third')).history, 'utf8')).split('\n').map((line) => JSON.parse(line || '{}') as object);
    expect(begun).toMatchObject({ event: 'begun', iteration: 0, from });
    expect(await readFile(runPaths(at('third')).report, 'utf8')).toContain('old, iteration 2 (ema)');
  });

  it('resumes bit for bit when the trained run is gone, with frozen weights, replayed or not', async () => {
    await cp(at('old'), at('gone'), { recursive: true });
    const options = [
      '--from',
      at('gone'),
      '--set',
      'freeze=freezeD,generator.encode.*,mapping_network.shared.*',
      '--set',
      'keepCheckpoints=9',
    ];
    const whole = await train('three', 'whole', ...options, '--iterations', '6');
    expect(whole.code, whole.err).toBe(0);
    const plainly = await train('three', 'plainly', ...options, '--iterations', '6', '--set', 'compile=off');
    expect(plainly.code, plainly.err).toBe(0);
    expect((await train('three', 'halves', ...options, '--iterations', '3')).code).toBe(0);
    await rename(at('gone'), at('really gone'));
    const resumed = await train('three', 'halves', '--resume', '--iterations', '6');
    expect(resumed.code, resumed.err).toBe(0);
    expect(await recordOf('halves')).toMatchObject({ from: { run: 'gone', iteration: 2 } });
    const end = await checksums('whole', 6);
    expect(await checksums('halves', 6)).toEqual(end);
    expect(await checksums('plainly', 6)).toEqual(end);
    // What is frozen has the bits of the trained run, and no moments.
    const old = await checksums('old', 2);
    const isFrozen = (file: string, name: string): boolean =>
      (file === 'discriminator' && name.startsWith('main.0.')) ||
      (file.startsWith('generator') && name.startsWith('encode.')) ||
      (file.startsWith('mapping_network') && name.startsWith('shared.'));
    for (const file of ['generator', 'generator_ema', 'mapping_network', 'mapping_network_ema', 'discriminator'])
      for (const [name, sum] of Object.entries(end[file]!)) {
        const before = old[file === 'discriminator' || file.endsWith('_ema') ? file : `${file}_ema`]![name];
        if (isFrozen(file, name)) expect(sum, `${file} ${name}`).toBe(before);
        else if (name.endsWith('conv2.weight')) expect(sum, `${file} ${name}`).not.toBe(before);
      }
    for (const file of ['generator', 'mapping_network', 'discriminator'])
      expect(Object.keys(end[`${file}_optimizer`]!).some((name) => isFrozen(file, name.replace(/^(first|second)\./, '')))).toBe(false);
    // What has no moments cannot get any halfway.
    const thawed = await train('three', 'halves', '--resume', '--set', 'freeze=freezeD');
    expect([thawed.code, thawed.err]).toEqual([2, expect.stringContaining('this cannot change halfway')]);
  });

  it('does not freeze what the trained run had frozen, and says so', async () => {
    const options = ['--iterations', '1', '--dry-run'];
    expect((await train('three', 'half frozen', '--from', at('old'), '--iterations', '1', '--set', 'freeze=freezeD')).code).toBe(0);
    const { code, out, err } = await train('three', 'thawed', '--from', at('half frozen'), ...options);
    expect(code, err).toBe(0);
    expect(err).toContain('freeze: none, freezeD in the run of the weights');
    expect(out).toContain('  frozen: 0 tensors, 0 parameters');
  });

  it('exports what is frozen to PyTorch, whose optimiser has no state of it', async () => {
    const { code, err } = await train(
      'two',
      'frozen',
      '--from',
      at('old'),
      '--iterations',
      '1',
      '--set',
      'freeze=mapping_network.*,freezeD',
    );
    expect(code, err).toBe(0);
    const { files } = await exportPyTorch({ run: at('frozen'), out: at('exported') });
    const run = await importReference(
      files.map(({ path: file }) => file),
      { out: at('imported again'), domains: ['circle', 'square'] },
    );
    expect(run.isResumable).toBe(true);
    const [before, after] = [await checksums('frozen', 1), await checksums('imported again', 1)];
    for (const file of ['generator', 'generator_ema', 'mapping_network', 'discriminator']) expect(after[file], file).toEqual(before[file]);
    for (const [name, sum] of Object.entries(before.discriminator_optimizer!)) expect(after.discriminator_optimizer![name]).toBe(sum);
  });

  it('takes live weights, another checkpoint, and a checkpoint by its folder', async () => {
    const live = await train(
      'two',
      'live',
      '--from',
      at('old', 'checkpoints', '0000002'),
      '--from-weights',
      'live',
      '--iterations',
      '1',
      '--set',
      'keepCheckpoints=9',
    );
    expect(live.code, live.err).toBe(0);
    expect(live.err).toContain('iteration 2: the live weights');
    const [old, first] = [await checksums('old', 2), await checksums('live', 0)];
    for (const network of ['generator', 'mapping_network', 'style_encoder', 'discriminator']) expect(first[network]).toEqual(old[network]);
    expect(first.generator_ema).toEqual(old.generator);
    expect(await recordOf('live')).toMatchObject({ from: { run: 'old', weights: 'live' } });
    const missing = await train('two', 'none', '--from', at('old'), '--checkpoint', '7');
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('has no checkpoint of iteration 7; there are: 2')]);
  });

  it('removes domains, copies heads, and matches domains by name', async () => {
    const { code, out, err } = await train(
      ...(['other', 'removed', '--from', at('old'), '--new-domain', 'triangle=circle'] as const),
      ...['--iterations', '1', '--json', '--set', 'keepCheckpoints=9'],
    );
    expect(code, err).toBe(0);
    expect(err).toContain('domains that begin with the heads of another: triangle (of circle)');
    const [old, first] = [await checksums('old', 2), await checksums('removed', 0)];
    // square, the second of the old run, is the first now.
    for (const part of ['0.weight', '2.bias', '6.weight']) {
      expect(first.mapping_network![`unshared.0.${part}`]).toBe(old.mapping_network_ema![`unshared.1.${part}`]);
      expect(first.mapping_network![`unshared.1.${part}`]).toBe(old.mapping_network_ema![`unshared.0.${part}`]);
    }
    const { from } = JSON.parse(out.trim().split('\n').at(-1)!) as { from: object };
    expect(from).toMatchObject({ iteration: 2, weights: 'ema', new: { tensors: 0, values: 0 }, keptDomains: ['square', 'triangle'] });
  });

  it('takes another image size, and says the same in a dry run, which writes nothing', async () => {
    const options = ['--from', at('old'), '--image-size', '32', '--iterations', '1'];
    const dry = await train('two', 'larger', ...options, '--dry-run');
    expect(dry.code, dry.err).toBe(0);
    expect(dry.err).toContain('imageSize: 32, 16 in the run of the weights');
    expect(dry.out).toMatch(
      /^ {2}new: \d+ tensors, [\d,]+ parameters: generator\.from_rgb\.\*, generator\.encode\.0\.\*, .*discriminator\.main\.\[0-1\]\.\*$/m,
    );
    await expect(readdir(at('larger'))).rejects.toThrow('ENOENT');
    const json = JSON.parse((await train('two', 'larger', ...options, '--dry-run', '--json')).out) as {
      from: { kept: { values: number } };
    };
    expect(json.from.kept.values).toBeGreaterThan(0);
    const trained = await train('two', 'larger', ...options);
    expect(trained.code, trained.err).toBe(0);
    for (const line of dry.out.split('\n').filter((each) => /^ {2}(kept|new|dropped|frozen):/.test(each)))
      expect(trained.err).toContain(line);
  });

  it('begins with an import that holds the moving averages alone: the discriminator is new', async () => {
    const { files } = await exportPyTorch({ run: at('old'), out: at('pytorch') });
    const averages = files.map(({ path: file }) => file).filter((file) => file.endsWith('nets_ema.ckpt'));
    await importReference(averages, { out: at('imported'), domains: ['circle', 'square'] });
    const { code, err } = await train('three', 'from import', '--from', at('imported'), ...SMALL);
    expect(code, err).toBe(0);
    expect(err).toContain('the moving averages; it holds no discriminator, which is new');
    const live = await train('three', 'not', '--from', at('imported'), ...SMALL, '--from-weights', 'live');
    expect([live.code, live.err]).toEqual([2, expect.stringContaining('holds the moving averages alone')]);
    const frozen = await train('three', 'not', '--from', at('imported'), ...SMALL, '--set', 'freeze=freezeD');
    expect([frozen.code, frozen.err]).toEqual([2, expect.stringContaining('would stay as they were initialised: discriminator.main.0.*')]);
  });

  it('reads a run that is being trained, and passes over checkpoints that are not whole', async () => {
    await cp(at('old'), at('busy'), { recursive: true });
    await cp(at('busy', 'checkpoints', '0000002'), at('busy', 'checkpoints', '0000009'), { recursive: true });
    await appendFile(at('busy', 'checkpoints', '0000009', 'generator_ema.safetensors'), 'x');
    await mkdir(at('busy', 'checkpoints', '.tmp-0000010'));
    const lock = await lockRun(at('busy'));
    const { code, err } = await train('two', 'beside', '--from', at('busy'), '--iterations', '1');
    await lock.release();
    expect(code, err).toBe(0);
    expect(err).toMatch(/0000009 was passed over/);
    expect(err).toContain('iteration 2: the moving averages');
  });

  it('that was stopped before its first checkpoint is not resumed with other weights', async () => {
    expect((await train('two', 'early', '--from', at('old'), '--iterations', '1')).code).toBe(0);
    await rm(at('early', 'checkpoints'), { recursive: true });
    const { code, err } = await train('two', 'early', '--resume', '--iterations', '2');
    expect([code, err]).toEqual([2, expect.stringContaining('was to begin with the weights of old and has no checkpoint yet; remove it')]);
  });
});

describe('stargan train --from refuses', () => {
  const refusal = async (...options: string[]): Promise<string> => {
    const { code, err } = await train('two', 'refused', '--iterations', '1', ...options);
    expect(code, err).toBe(2);
    await expect(readdir(at('refused'))).rejects.toThrow('ENOENT');
    return err;
  };

  it('what is no run, has no checkpoint, or is what it writes', async () => {
    expect(await refusal('--from', at('nowhere'))).toContain('holds no run (there is no config.json)');
    await mkdir(at('empty'));
    await cp(at('old', 'config.json'), at('empty', 'config.json'));
    const { code, err } = await train('two', 'refused', '--from', at('empty'));
    expect([code, err]).toEqual([1, expect.stringContaining('has no checkpoint yet; train it first')]);
    const itself = await train('two', 'old', '--from', at('old'));
    expect([itself.code, itself.err]).toEqual([2, expect.stringContaining('is the run that --from names, which stays as it is')]);
    const within = await train('two', path.join('old', 'again'), '--from', at('old', 'checkpoints', '0000002'));
    expect([within.code, within.err]).toEqual([2, expect.stringContaining('lies in the run that --from names')]);
  });

  it('a damaged record, naming it', async () => {
    await mkdir(at('damaged'));
    await writeFile(at('damaged', 'config.json'), '{"formatVersion": 1');
    const { code, err } = await train('two', 'refused', '--from', at('damaged'));
    expect([code, err]).toEqual([1, expect.stringContaining(`${at('damaged', 'config.json')} is damaged`)]);
  });

  it('weights that are finite and too large to compute with, before anything of the run is written', async () => {
    const networks = ['generator', 'mapping_network', 'style_encoder'];
    const files: Record<string, CheckpointContent> = {};
    for (const file of [...networks.map((name) => `${name}_ema`), 'discriminator']) {
      const { tensors } = await tensorsOf('old', 2, file);
      if (file === 'mapping_network_ema') (tensors['shared.2.weight']!.data as Float32Array).fill(3e38);
      files[`${file}.safetensors`] = { tensors };
    }
    await saveCheckpoint(at('huge', 'checkpoints'), 2, files);
    await cp(at('old', 'config.json'), at('huge', 'config.json'));
    const { code, err } = await train('two', 'too large', '--from', at('huge'));
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(
        /the mappingNetwork gives values that are not finite, though its weights are finite.*; take an earlier checkpoint/,
      ),
    ]);
    expect((await readdir(at('too large'))).filter((name) => name !== 'train.lock')).toEqual([]);
  });

  it('another architecture, by name', async () => {
    expect(await refusal('--from', at('old'), '--set', 'styleDim=8')).toContain(
      'a model with styleDim 4, now it is 8; they do not fit another one',
    );
    expect(await refusal('--from', at('old'), '--set', 'discriminator=projection')).toContain(
      'discriminator branches, now it is projection',
    );
  });

  it('patterns that match nothing, or what is new', async () => {
    expect(await refusal('--from', at('old'), '--set', 'freeze=discriminator.blocks.0.*')).toContain(
      'freeze: discriminator.blocks.0.* names no parameter; near it are discriminator.main.',
    );
    expect(await refusal('--from', at('old'), '--image-size', '32', '--set', 'freeze=freezeD')).toContain(
      'would stay as they were initialised',
    );
    expect(await refusal('--set', 'freeze=nothing')).toContain('freeze: nothing names no parameter');
  });

  it('options that contradict each other', async () => {
    expect(await refusal('--new-domain', 'a=b')).toContain('--new-domain needs --from');
    expect(await refusal('--checkpoint', '1')).toContain('--checkpoint needs --from');
    expect(await refusal('--from-weights', 'live')).toContain('--from-weights needs --from');
    expect(await refusal('--from', at('old'), '--resume')).toContain('--resume and --from exclude each other');
    expect(await refusal('--from', at('old'), '--new-domain', 'a')).toContain('It takes new=old, such as wolf=dog.');
    expect(await refusal('--from', at('old'), '--new-domain', 'circle=square')).toContain('circle is one of the trained model');
    expect(await refusal('--from', at('old'), '--from-weights', 'mean')).toContain('Allowed choices are ema, live');
  });
});
