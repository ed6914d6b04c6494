import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writePyTorchFile } from '@stargan/checkpoints';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lpipsCase } from './cases/feature-networks.js';
import { readManifest } from './manifest.js';
import { runConformance, type CaseResult } from './run.js';

const fixtures = fileURLToPath(new URL('../fixtures/goldens', import.meta.url));

let temporary = '';
beforeAll(async () => {
  temporary = await mkdtemp(path.join(tmpdir(), 'stargan-conformance-'));
});
afterAll(() => rm(temporary, { recursive: true, force: true }));

async function run(directory: string, filter: string): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for await (const result of runConformance({ directory, variant: 'composed' }, filter)) results.push(result);
  return results;
}

/** A copy of the fixtures whose manifest went through `change`. */
async function changedFixtures(name: string, change: (manifest: string) => string): Promise<string> {
  const copy = path.join(temporary, name);
  await mkdir(copy);
  await cp(fixtures, copy, { recursive: true });
  const file = path.join(copy, 'manifest.json');
  await writeFile(file, change(await readFile(file, 'utf8')));
  return copy;
}

describe('conformance', () => {
  it('passes for the textbook composition of the blocks', async () => {
    const results = await run(fixtures, 'block-');
    expect(results.length).toBeGreaterThan(10);
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
  });

  it('fails when an input has another seed', async () => {
    const copy = await changedFixtures('seed', (manifest) => manifest.replaceAll('"seed":1', '"seed":2'));
    const results = await run(copy, 'block-resblk-plain');
    expect(results.map(({ status }) => status)).toEqual(results.map(() => 'failed'));
    expect(results[0]!.worst!.ratio).toBeGreaterThan(100);
  });

  it('compares a parameter of four dimensions in the order of the goldens', async () => {
    const copy = await changedFixtures('order', (manifest) => manifest.replace('"shape":[4,3,3,2],"lr"', '"shape":[4,3,2,3],"lr"'));
    expect((await run(fixtures, 'train-adam')).map(({ status }) => status)).toEqual(['passed', 'passed']);
    expect((await run(copy, 'train-adam-convolution')).map(({ status }) => status)).toEqual(['failed']);
  });

  it('takes sizes and constants from the manifest, and names a constant that cannot be chosen', async () => {
    expect((await run(fixtures, 'preprocess-made')).map(({ status }) => status)).toEqual(['passed']);
    const size = await changedFixtures('size', (manifest) => manifest.replace('"eval_size":40', '"eval_size":41'));
    expect(await run(size, 'preprocess-made')).toMatchObject([{ status: 'failed', worst: { name: 'fid_input' } }]);
    const constant = await changedFixtures('constant', (manifest) => manifest.replaceAll('"bn_eps":0.001', '"bn_eps":0.002'));
    expect((await run(constant, 'fid-inception-pytorch'))[0]!.error).toContain(
      'config.bn_eps of case fid-inception-pytorch-fid is 0.002; the packages have 0.001',
    );
  });

  it('mixes the second of two near images as much as the manifest says', async () => {
    const golden = (await readManifest(fixtures)).find(({ id }) => id === 'lpips-made')!;
    const inputs = golden.inputs.filter(({ name }) => !name.endsWith('.c'));
    const totals = async (mix: number): Promise<number> =>
      (await lpipsCase({ ...golden, inputs, config: { ...golden.config, mix } }, fixtures)).tensors.total!.data[0]!;
    expect(await totals(0)).toBe(0);
    const [little, more] = [await totals(0.01), await totals(0.1)];
    expect(little).toBeGreaterThan(0);
    expect(more).toBeGreaterThan(10 * little);
  });

  it('has the inputs of every FID convention as the tools that they are named after have them, bit for bit', async () => {
    const results = await run(fixtures, 'fid-input');
    expect(results).toHaveLength(24);
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    const copy = await changedFixtures('contrast', (manifest) =>
      manifest.replace('"width":64,"height":64,"square":8,"contrast":4.0', '"width":64,"height":64,"square":8,"contrast":3.9'),
    );
    expect((await run(copy, 'fid-input-stargan2-64x64'))[0]!.error).toMatch(/the SHA-256 of all values is/);
  });

  it('fails when an expected value is not computed, and says which', async () => {
    const copy = await changedFixtures('missing', (manifest) => manifest.replaceAll('"grad.input.x"', '"grad.input.y"'));
    const [result] = await run(copy, 'block-adain');
    expect(result).toMatchObject({ status: 'failed', worst: { name: 'grad.input.y', measure: 'missing' } });
  });

  it('counts kinds that it does not know, and does not fail for them', async () => {
    const copy = await changedFixtures('unknown', (manifest) => manifest.replaceAll('"group":"blocks"', '"group":"novelties"'));
    expect((await run(copy, 'block-adain-small')).map(({ status }) => status)).toEqual(['not covered']);
  });

  it('checks that files are refused, and fails for one that is read', async () => {
    const copy = path.join(temporary, 'checkpoints');
    await mkdir(path.join(copy, 'checkpoints'), { recursive: true });
    await writePyTorchFile(path.join(copy, 'checkpoints', 'sound.ckpt'), { step: 1 });
    await writeFile(path.join(copy, 'checkpoints', 'broken.ckpt'), '');
    const badFiles = (id: string, broken: string) => ({ id, group: 'checkpoints', config: { refuse: { hostile: [], broken: [broken] } } });
    const cases = [badFiles('checkpoint-bad-broken', 'broken.ckpt'), badFiles('checkpoint-bad-sound', 'sound.ckpt')];
    await writeFile(path.join(copy, 'manifest.json'), JSON.stringify({ format_version: 1, cases }));
    const [broken, sound] = await run(copy, '');
    expect(broken).toMatchObject({ status: 'passed', compared: 1 });
    expect(sound).toMatchObject({ status: 'failed', error: expect.stringMatching(/sound\.ckpt must be refused/) as string });
  });

  it('names a folder that holds no goldens', async () => {
    expect(existsSync(path.join(temporary, 'absent'))).toBe(false);
    await expect(run(path.join(temporary, 'absent'), '')).rejects.toThrow(/manifest\.json cannot be read; give a folder of golden values/);
  });
});
