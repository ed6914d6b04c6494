import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { memory, randomUniform } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { readSafetensors, writeSafetensors } from '@stargan/checkpoints';
import { loadModel, ROUNDED_WEIGHTS, type TrainingConfig } from '@stargan/training';
import { describe, expect, it } from 'vitest';
import { exportBundle } from './index.js';
import { writeRandomRun } from './testing/random-run.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';

const folder = useTemporaryFolder();

/** The files of a folder by name, as a browser has them that fetched or picked them. */
async function inMemory(directory: string): Promise<Record<string, Uint8Array>> {
  const names = await readdir(directory);
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name))] as const)));
}

const size = async (directory: string): Promise<number> =>
  Object.values(await inMemory(directory)).reduce((sum, { byteLength }) => sum + byteLength, 0);

const worst = (a: Tensor, b: Tensor): number => {
  const other = b.dataSync<'float32'>();
  return a.dataSync<'float32'>().reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
};

describe('a bundle for browsers', () => {
  it('is loaded from memory as the run is from its folder, and makes the same images', async () => {
    const run = join(folder(), 'run');
    await writeRandomRun(run);
    const out = join(folder(), 'site', 'model');
    const { iteration, files } = await exportBundle({ run, out });
    expect(iteration).toBe(7);
    expect(files.map(({ path }) => path).sort()).toEqual((await readdir(out)).sort().map((name) => join(out, name)));
    expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(await size(out));
    expect(await readFile(join(out, 'config.json'), 'utf8')).not.toContain('/images');

    const before = memory().numTensors;
    const models = [await loadModel(run), await loadModel(await inMemory(out))];
    const image: Tensor4D = randomUniform([2, 32, 32, 3], -1, 1, 'float32', 1);
    const [translated, bundled] = models.map((model) => model.translate(image, { to: 'wild', seed: 3 }));
    expect(worst(translated!, bundled!)).toBe(0);
    for (const model of models) model.dispose();
    for (const tensor of [image, translated!, bundled!]) tensor.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('has half the size in half floats, each weight rounded to the nearest, and makes nearly the same images', async () => {
    const run = join(folder(), 'rounded');
    await writeRandomRun(run, { values: { widthBudget: 1024, maxWidth: 48 } });
    const [whole, half] = [join(folder(), 'whole'), join(folder(), 'half')];
    await exportBundle({ run, out: whole });
    await exportBundle({ run, out: half, float16: true });
    expect((await size(half)) / (await size(whole))).toBeLessThan(0.56);

    const { tensors } = await readSafetensors(join(whole, 'generator_ema.safetensors'));
    const { tensors: rounded, metadata } = await readSafetensors(join(half, 'generator_ema.safetensors'));
    expect(metadata).toEqual(ROUNDED_WEIGHTS);
    for (const [name, { data }] of Object.entries(tensors)) {
      const values = rounded[name]!.data as Float32Array;
      // 11 bits of a mantissa.
      expect(
        (data as Float32Array).every((value, i) => Math.abs(values[i]! - value) <= Math.max(Math.abs(value) * 2 ** -11, 2 ** -25)),
      ).toBe(true);
    }
    const models = [await loadModel(whole), await loadModel(await inMemory(half))];
    const image: Tensor4D = randomUniform([2, 32, 32, 3], -1, 1, 'float32', 1);
    const [exact, nearly] = models.map((model) => model.translate(image, { to: 1, seed: 3 }));
    const difference = worst(exact!, nearly!);
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(0.05);
    for (const model of models) model.dispose();
    for (const tensor of [image, exact!, nearly!]) tensor.dispose();
  });

  it.each<[string, Partial<TrainingConfig>]>([
    ['a style encoder without branches', { styleEncoder: 'conditional', mappingNetwork: 'conditional', discriminator: 'projection' }],
    ['latent codes in place of styles', { conditioning: 'latent' }],
    ['labels in place of styles, so that two networks have no file', { conditioning: 'label', injection: 'concatenation' }],
  ])('holds any model: one with %s', async (name, values) => {
    const run = join(folder(), name.replaceAll(/\W/g, '-'));
    await writeRandomRun(run, { values });
    await exportBundle({ run, out: `${run}-bundle`, float16: true });
    const model = await loadModel(`${run}-bundle`);
    expect(model.domains).toEqual(['cat', 'dog', 'wild']);
    model.dispose();
  });

  it('is made of a bundle as well, and of a checkpoint by its own folder', async () => {
    const run = join(folder(), 'origin');
    await writeRandomRun(run);
    await exportBundle({ run: join(run, 'checkpoints', '0000007'), out: join(folder(), 'first') });
    await exportBundle({ run: join(folder(), 'first'), out: join(folder(), 'second') });
    const [first, second] = await Promise.all(['first', 'second'].map((name) => inMemory(join(folder(), name))));
    expect(second!['generator_ema.safetensors']).toEqual(first!['generator_ema.safetensors']);
  });

  it('leaves a full folder as it is, takes an empty one, and leaves nothing where it fails', async () => {
    const run = join(folder(), 'origin-2');
    await writeRandomRun(run);
    const full = join(folder(), 'full');
    await mkdir(full);
    await writeFile(join(full, 'index.html'), '');
    await expect(exportBundle({ run, out: full })).rejects.toThrow(`${full} holds 1 file or folder already`);
    await rm(join(full, 'index.html'));
    await exportBundle({ run, out: full });
    expect(await readdir(full)).toContain('manifest.json');

    const file = join(run, 'checkpoints', '0000007', 'mapping_network_ema.safetensors');
    const { tensors } = await readSafetensors(file);
    tensors['shared.0.bias']!.data[0] = 70_000;
    await writeSafetensors(file, tensors);
    const out = join(folder(), 'beyond');
    await expect(exportBundle({ run, out, float16: true })).rejects.toThrow(/its sha256 differs/);
    const manifest = join(run, 'checkpoints', '0000007', 'manifest.json');
    const sums = JSON.parse(await readFile(manifest, 'utf8')) as { files: { name: string; sha256: string }[] };
    sums.files.find(({ name }) => name.startsWith('mapping_network_ema'))!.sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    await writeFile(manifest, JSON.stringify(sums));
    await expect(exportBundle({ run, out, float16: true })).rejects.toThrow(
      /tensor 'shared\.0\.bias': 70000 at 0 is beyond half floats, which end at 65504/,
    );
    expect([existsSync(out), existsSync(`${out}.partial`)]).toEqual([false, false]);
  });
});
