import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { FileContent } from '@stargan/checkpoints';
import { memory, randomNormal, slice, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel, type Model, type TranslateOptions } from './load-model.js';
import { latentGrid, latentStyles } from './sampling/grids.js';
import { translate } from './sampling/translate.js';
import { writeSmallRun } from './testing/small-run.js';
import { useTemporaryFolder } from './testing/temporary-folder.js';

const folder = useTemporaryFolder(async (created) => {
  await writeSmallRun(path.join(created, 'run'), { iterations: [20, 40] });
  await writeSmallRun(path.join(created, 'other'), { iterations: [3], values: { imageSize: 32, styleDim: 5 }, domains: ['a', 'b', 'c'] });
  await writeSmallRun(path.join(created, 'labels'), { values: { conditioning: 'label', injection: 'concatenation', lambdaStyle: 0 } });
});
const run = (): string => path.join(folder(), 'run');

let model: Model;
let image: Tensor4D;
beforeAll(async () => {
  model = await loadModel(run());
  image = randomNormal<Rank.R4>([3, 16, 16, 3], 0, 0.3, 'float32', 1);
});
afterAll(() => {
  model.dispose();
  image.dispose();
});

/** The values of a tensor, which is freed. */
function valuesOf(tensor: Tensor): number[] {
  const values = [...tensor.dataSync()];
  tensor.dispose();
  return values;
}

const translated = (given: Model, options: TranslateOptions): number[] => valuesOf(given.translate(image, options));

/** The files of a run by name. */
async function filesOf(
  directory: string,
  named: (name: string) => string | undefined = (name) => name,
): Promise<Record<string, FileContent>> {
  const names = (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)));
  const files = await Promise.all(
    names.map(async (name) => [named(name.replaceAll('\\', '/')), new Uint8Array(await readFile(path.join(directory, name)))] as const),
  );
  return Object.fromEntries(files.filter(([name]) => name !== undefined)) as Record<string, FileContent>;
}

describe('a loaded model', () => {
  it('says what it is', () => {
    const { domains, imageSize, latentDim, styleDim, checkpoint, config } = model;
    expect({ domains, imageSize, latentDim, styleDim }).toEqual({
      domains: ['circle', 'triangle'],
      imageSize: 16,
      latentDim: 4,
      styleDim: 4,
    });
    expect([checkpoint.iteration, config.hiddenDim]).toEqual([40, 8]);
  });

  it('translates to a seed, a style and a reference, to a domain by name as by label, and leaves no other tensor', () => {
    const before = memory().numTensors;
    const style = model.mapLatent(5, 'triangle');
    expect(translated(model, { to: 'triangle', seed: 5 })).toEqual(translated(model, { style }));
    expect(translated(model, { to: 1, seed: 5 })).toEqual(translated(model, { style }));
    const reference = slice(image, 1, 1);
    const ofReference = model.encodeStyle(reference, 0);
    expect([style.shape, ofReference.shape]).toEqual([
      [1, 4],
      [1, 4],
    ]);
    expect(translated(model, { to: 'circle', reference })).toEqual(translated(model, { style: ofReference }));
    for (const tensor of [style, reference, ofReference]) tensor.dispose();
    const output = model.translate(image, { to: 'circle', seed: 1 });
    expect(output.shape).toEqual([3, 16, 16, 3]);
    output.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('gives each image its own style where there are as many, as the sample grids do', () => {
    const styles = model.encodeStyle(image, 0);
    const images = { size: 16, data: image.dataSync<'float32'>() };
    expect(translated(model, { style: styles })).toEqual([...translate(model, images, styles).data]);
    expect(translated(model, { to: 0, reference: image })).toEqual(translated(model, { style: styles }));
    styles.dispose();
  });

  it('maps a seed to the first style of the grids of that seed, truncated as they are', async () => {
    const grid = { domain: 1, latentDim: 4, count: 2, seed: 9 };
    for (const psi of [1, 0.5]) {
      const styles = latentStyles(model, { ...grid, psi });
      expect(valuesOf(model.mapLatent(9, 'triangle', { psi }))).toEqual(valuesOf(styles).slice(0, 4));
    }
    const mean = valuesOf(model.mapLatent(9, 'triangle', { psi: 0 }));
    const latent = tensor2d([[0.1, 0.2, 0.3, 0.4]]);
    const [whole, half] = [1, 0.5].map((psi) => valuesOf(model.mapLatent(latent, 'triangle', { psi }))) as [number[], number[]];
    latent.dispose();
    const nearer = (values: number[]): number => Math.hypot(...values.map((value, i) => value - mean[i]!));
    expect(nearer(half)).toBeLessThan(nearer(whole));
    const style = model.mapLatent(2, 1);
    expect(translated(model, { style, to: 1, psi: 0.5 })).not.toEqual(translated(model, { style }));
    style.dispose();
    // What draws grids takes a model as well.
    const { width } = await latentGrid(model, { size: 16, data: new Float32Array(16 * 16 * 3) }, { ...grid, domains: 2, rows: 1, psi: 1 });
    expect(width).toBe(16);
  });

  it('translates more images than go through the networks together as it does each alone', () => {
    const many = zeros<Rank.R4>([17, 16, 16, 3]);
    const values = valuesOf(model.translate(many, { to: 0, seed: 1 }));
    many.dispose();
    const size = 16 * 16 * 3;
    expect(values).toHaveLength(17 * size);
    const [first, last] = [values.slice(0, size), values.slice(-size)];
    expect(Math.max(...first.map((value, i) => Math.abs(value - last[i]!)))).toBeLessThan(1e-5);
  });

  it('stands beside another one, and both give back what they took', async () => {
    const before = memory().numTensors;
    const alone = translated(model, { to: 0, seed: 1 });
    const other = await loadModel(path.join(folder(), 'other'));
    expect([other.domains, other.imageSize, other.styleDim]).toEqual([['a', 'b', 'c'], 32, 5]);
    expect(translated(model, { to: 0, seed: 1 })).toEqual(alone);
    other.dispose();
    other.dispose();
    expect(memory().numTensors).toBe(before);
    expect(() => other.mapLatent(1, 'a')).toThrow('mapLatent: the model was disposed of; load it again');
    expect(translated(model, { to: 0, seed: 1 })).toEqual(alone);
  });

  it('may have no mapping network: its style is then the label', async () => {
    const labels = await loadModel(path.join(folder(), 'labels'));
    expect(labels.styleDim).toBe(2);
    expect(valuesOf(labels.mapLatent(1, 'triangle'))).toEqual([0, 1]);
    labels.dispose();
  });
});

type Rank4 = [number, number, number, number];

describe('what a model cannot do is named', () => {
  const wrong = (shape: number[], dtype: 'float32' | 'int32' = 'float32'): Tensor4D => zeros<Rank.R4>(shape as Rank4, dtype);

  it.each<[string, (given: Model) => Tensor, string]>([
    [
      'an unknown name',
      (m) => m.mapLatent(1, 'square'),
      'mapLatent: the domain must be one of circle, triangle, or a label from 0 to 1, got "square"',
    ],
    [
      'a label too large',
      (m) => m.translate(image, { to: 2, seed: 1 }),
      'translate: the domain must be one of circle, triangle, or a label from 0 to 1, got 2',
    ],
    [
      'no domain',
      (m) => m.translate(image, { seed: 1 }),
      'translate: the domain must be one of circle, triangle, or a label from 0 to 1, got none',
    ],
    [
      'a size',
      (m) => m.encodeStyle(wrong([1, 32, 32, 3]), 0),
      'encodeStyle: image must be float32 [n, 16, 16, 3] in [-1, 1], got float32 [1, 32, 32, 3]',
    ],
    [
      'bytes',
      (m) => m.translate(wrong([1, 16, 16, 3], 'int32'), { to: 0, seed: 1 }),
      'translate: image must be float32 [n, 16, 16, 3] in [-1, 1], got int32',
    ],
    [
      'no images',
      (m) => m.translate(wrong([0, 16, 16, 3]), { to: 0, seed: 1 }),
      'translate: image must be float32 [n, 16, 16, 3] in [-1, 1], got float32 [0, 16, 16, 3]',
    ],
    ['one image without its axis', (m) => m.translate(wrong([16, 16, 3]), { to: 0, seed: 1 }), 'got float32 [16, 16, 3]'],
    [
      'a reference of another size',
      (m) => m.translate(image, { to: 0, reference: wrong([1, 8, 8, 3]) }),
      'translate: reference must be float32 [1 or 3, 16, 16, 3]',
    ],
    [
      'two references for three images',
      (m) => m.translate(image, { to: 0, reference: wrong([2, 16, 16, 3]) }),
      'translate: reference must be float32 [1 or 3, 16, 16, 3] in [-1, 1], got float32 [2, 16, 16, 3]',
    ],
    [
      'two styles for three images',
      (m) => m.translate(image, { style: zeros([2, 4]) }),
      'translate: style must be [1 or 3, 4], got [2, 4]',
    ],
    ['a style of another length', (m) => m.translate(image, { style: zeros([1, 3]) }), 'translate: style must be [1 or 3, 4], got [1, 3]'],
    ['a latent code of another length', (m) => m.mapLatent(zeros<Rank.R2>([2, 3]), 0), 'mapLatent: latent must be [n, 4], got [2, 3]'],
    ['no style', (m) => m.translate(image, { to: 0 }), 'translate: one of style, reference and seed is needed, got none of them'],
    [
      'two styles',
      (m) => m.translate(image, { to: 0, seed: 1, reference: image }),
      'translate: one of style, reference and seed is needed, got reference and seed',
    ],
    ['psi', (m) => m.mapLatent(1, 0, { psi: -1 }), 'mapLatent: psi must be a number ≥ 0, got -1'],
    ['a seed', (m) => m.mapLatent(0.5, 0), 'mapLatent: the seed must be a whole number ≥ 0, got 0.5'],
  ])('%s', (_, act, message) => {
    const before = memory().numTensors;
    expect(() => tidy(() => act(model))).toThrow(message);
    expect(memory().numTensors).toBe(before);
  });
});

describe('a model is the same', () => {
  let expected: number[];
  beforeAll(() => {
    expected = translated(model, { to: 'circle', seed: 3 });
  });
  const same = async (source: Parameters<typeof loadModel>[0], options?: Parameters<typeof loadModel>[1]): Promise<void> => {
    const before = memory().numTensors;
    const loaded = await loadModel(source, options);
    expect(translated(loaded, { to: 'circle', seed: 3 })).toEqual(expected);
    loaded.dispose();
    expect(memory().numTensors).toBe(before);
  };

  it('from the folder of its checkpoint, and from the files of its run', async () => {
    await same(path.join(run(), 'checkpoints', '0000040'));
    await same(await filesOf(run()));
    await same(await filesOf(run(), (name) => `picked/run/${name}`));
  });

  it('from the files that are needed alone, beside each other', async () => {
    const needed = /^(config\.json|checkpoints\/0000040\/(manifest\.json|.*_ema\.safetensors))$/;
    const files = await filesOf(run(), (name) => (needed.test(name) ? path.posix.basename(name) : undefined));
    expect(Object.keys(files)).toHaveLength(5);
    await same(files);
    const { 'config.json': config, ...checkpoint } = files;
    await expect(loadModel(checkpoint)).rejects.toThrow(/holds a checkpoint, but no config\.json is there/);
    await expect(loadModel({ 'config.json': config! })).rejects.toThrow('the folder given as files has no checkpoint yet');
  });

  it('from a web server, by iteration or by the folder of the checkpoint', async () => {
    const server = createServer((request, response) => {
      readFile(path.join(run(), request.url!)).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await same(url, { iteration: 40 });
    await same(new URL(`${url}/checkpoints/0000040/`));
    await expect(loadModel(url)).rejects.toThrow(
      `${url}: a web server does not list its folders; give the iteration, or the folder of a checkpoint`,
    );
    server.close();
  });
});
