import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readPyTorchTensors, readSafetensors, writePyTorchFile, writeSafetensors } from '@stargan/checkpoints';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasBytes, serveFile } from '@stargan/testing/file-server';
import { writeAlexNetFile, writeLpipsFile } from '@stargan/testing/pretrained-files';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';
import { addWeights } from './add-weights.js';
import { fetchWeights, sourceOf } from './fetch-weights.js';
import { KINDS, mismatch, recognizeKind, WEIGHT_KINDS, type NamedShape } from './kinds.js';
import { findWeights, requireWeights, weightsAdvice } from './weights-cache.js';

const sources = useTemporaryFolder(async (folder) => {
  await writeLpipsFile(path.join(folder, 'alex.pth'));
  await writeLpipsFile(path.join(folder, 'reference.ckpt'), (i) => `lpips_weights.${i}.main.1.weight`);
  await writeAlexNetFile(path.join(folder, 'alexnet.pth'));
});
const source = (name: string): string => path.join(sources(), name);

let caches = 0;
async function newCache(): Promise<string> {
  const folder = path.join(sources(), `cache-${++caches}`);
  await mkdir(folder);
  return folder;
}

/** Names and shapes of Inception v3 with so many classes, those that tell it apart and others. */
function inception(classes: number): NamedShape[] {
  const kind = KINDS[classes === 1000 ? 'inception-torchvision' : 'inception-fid'];
  const known = Object.entries(kind.signature).map(([name, shape]) => ({ name, shape }));
  const others = Array.from({ length: kind.count - known.length }, (_, i) => ({ name: `Mixed_${i}.bn.weight`, shape: [8] }));
  return [
    ...known,
    ...others,
    { name: 'AuxLogits.fc.weight', shape: [classes, 768] },
    { name: 'Conv2d_1a_3x3.bn.num_batches_tracked', shape: [] },
  ];
}

describe('kinds of weights', () => {
  it('are told apart by names and shapes', () => {
    expect(recognizeKind(inception(1000))).toBe('inception-torchvision');
    expect(recognizeKind(inception(1008))).toBe('inception-fid');
    expect(recognizeKind([])).toBeUndefined();
  });

  it('say why tensors are not theirs', () => {
    expect(mismatch('inception-fid', inception(1000))).toBe('fc.weight must be [1008, 2048], got [1000, 2048]');
    expect(mismatch('inception-fid', inception(1008).slice(1))).toBe('Conv2d_1a_3x3.conv.weight is missing');
    expect(mismatch('inception-fid', inception(1008).slice(0, -3))).toBe('there must be 472 tensors, got 471');
  });

  it('name their files after the beginning of their checksum', () => {
    for (const kind of WEIGHT_KINDS) {
      const { url, sha256 } = KINDS[kind];
      if (sha256 !== undefined) expect(url).toMatch(new RegExp(`-${sha256}\\.pth$`));
      expect(url).toMatch(/^https:/);
    }
  });
});

describe('adding weights', () => {
  it('keeps what is needed, with what it was made from', async () => {
    const folder = await newCache();
    const stored = await addWeights(source('alexnet.pth'), { folder });
    expect(stored).toMatchObject({ kind: 'alexnet', source: { name: 'alexnet.pth' } });
    expect(stored.source.sha256).toBe(
      createHash('sha256')
        .update(await readFile(source('alexnet.pth')))
        .digest('hex'),
    );
    expect(stored.result.sha256).toBe(
      createHash('sha256')
        .update(await readFile(stored.file))
        .digest('hex'),
    );
    const { tensors } = await readSafetensors(stored.file);
    expect(Object.keys(tensors)).toHaveLength(10);
    expect(tensors['features.3.weight']).toEqual((await readPyTorchTensors(source('alexnet.pth')))['features.3.weight']);
    expect(await findWeights('alexnet', folder)).toEqual(stored);
  });

  it('gives LPIPS one set of names, whoever wrote the file', async () => {
    const [first, second] = [await newCache(), await newCache()];
    const theirs = await addWeights(source('alex.pth'), { folder: first });
    const ours = await addWeights(source('reference.ckpt'), { folder: second });
    expect((await readSafetensors(ours.file)).tensors).toEqual((await readSafetensors(theirs.file)).tensors);
    expect(Object.keys((await readSafetensors(ours.file)).tensors)[4]).toBe('lin4.model.1.weight');
  });

  it('takes safetensors, wrapped networks and doubles', async () => {
    const { tensors } = await readSafetensors((await addWeights(source('alex.pth'), { folder: await newCache() })).file);
    await writeSafetensors(source('alex.safetensors'), tensors);
    expect((await addWeights(source('alex.safetensors'), { folder: await newCache() })).kind).toBe('lpips-alex');
    const wrapped = Object.entries(tensors).map(
      ([name, { shape, data }]) => [`module.${name}`, { dtype: 'F64', shape, data: Float64Array.from(data as Float32Array) }] as const,
    );
    await writePyTorchFile(source('wrapped.pth'), Object.fromEntries(wrapped));
    const stored = await addWeights(source('wrapped.pth'), { folder: await newCache() });
    expect((await readSafetensors(stored.file)).tensors).toEqual(tensors);
  });

  it('refuses other files, saying what they hold', async () => {
    const folder = await newCache();
    await writePyTorchFile(source('other.pth'), { 'conv.weight': { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } });
    await expect(addWeights(source('other.pth'), { folder })).rejects.toThrow(
      /other\.pth holds none of the known weights \(inception-torchvision, .*\); it has 1 tensors: conv\.weight \[2\]/,
    );
    await expect(addWeights(source('alex.pth'), { folder, kind: 'alexnet' })).rejects.toThrow(
      /alex\.pth does not hold alexnet: features\.0\.weight is missing/,
    );
    await writeFile(source('broken.pth'), 'PK\x03\x04 broken');
    await expect(addWeights(source('broken.pth'), { folder })).rejects.toThrow(/broken\.pth: the zip archive cannot be read/);
    await writePyTorchFile(source('single.pth'), { dtype: 'F32', shape: [1], data: Float32Array.of(1) });
    await expect(addWeights(source('single.pth'), { folder })).rejects.toThrow(/single\.pth: the file holds a single tensor/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('finding weights', () => {
  it('says what to get where there are none', async () => {
    const folder = await newCache();
    expect(await findWeights('lpips-alex', folder)).toBeUndefined();
    await expect(requireWeights('lpips-alex', folder)).rejects.toThrow(
      'run "stargan weights fetch lpips-alex", or download https://raw.githubusercontent.com/',
    );
    for (const kind of WEIGHT_KINDS) expect(weightsAdvice(kind)).toContain(KINDS[kind].url);
  });

  it('does not find what is cut short, or recorded wrongly', async () => {
    const folder = await newCache();
    const { file, result } = await addWeights(source('alex.pth'), { folder });
    await truncate(file, result.bytes - 1);
    expect(await findWeights('lpips-alex', folder)).toBeUndefined();
    await addWeights(source('alex.pth'), { folder });
    expect(await findWeights('lpips-alex', folder)).toBeDefined();
    for (const text of ['{', '{}', 'null']) {
      await writeFile(path.join(folder, 'lpips-alex.json'), text);
      expect(await findWeights('lpips-alex', folder)).toBeUndefined();
    }
  });
});

describe('fetching weights', () => {
  it('downloads from a mirror, goes on where it broke, and leaves nothing behind', async () => {
    const folder = await newCache();
    const arrived = (bytes: number): Promise<void> => hasBytes(path.join(folder, 'downloads', 'alex.pth'), bytes);
    const server = await serveFile(await readFile(source('alex.pth')), { breaks: { after: 2000, times: 1 }, arrived });
    onTestFinished(() => {
      server.close();
    });
    const stored = await fetchWeights('lpips-alex', { from: `${server.address}/mirror`, folder, retryDelay: 1 });
    expect(server.asked).toEqual([undefined, 'bytes=2000-']);
    expect(server.paths[0]).toBe('/mirror/alex.pth');
    expect(stored.source).toMatchObject({ name: 'alex.pth', url: `${server.address}/mirror/alex.pth` });
    expect(readdirSync(path.join(folder, 'downloads'))).toEqual([]);
    expect(await findWeights('lpips-alex', folder)).toEqual(stored);
  });

  it('refuses a file of another checksum, and one that is something else', async () => {
    const server = await serveFile(await readFile(source('alexnet.pth')));
    onTestFinished(() => {
      server.close();
    });
    const folder = await newCache();
    await expect(fetchWeights('alexnet', { from: server.address, folder })).rejects.toThrow('must begin with 7be5be79');
    await expect(fetchWeights('lpips-alex', { from: server.address, folder })).rejects.toThrow(/does not hold lpips-alex/);
    expect(readdirSync(path.join(folder, 'downloads'))).toEqual([]);
    expect(await findWeights('alexnet', folder)).toBeUndefined();
  });

  it("takes the authors' address, or the same file of a mirror", () => {
    expect(sourceOf('alexnet')).toBe('https://download.pytorch.org/models/alexnet-owt-7be5be79.pth');
    expect(sourceOf('alexnet', 'http://mirror/a/')).toBe('http://mirror/a/alexnet-owt-7be5be79.pth');
    expect(sourceOf('alexnet', 'http://mirror/a')).toBe('http://mirror/a/alexnet-owt-7be5be79.pth');
  });
});
