import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ImageFileError } from '@stargan/data';
import type { Model } from '@stargan/training';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { chooseStyles } from './choose-styles.js';
import { RequestError } from './request-error.js';
import { writeStyle } from './style-file.js';
import { averageStyles, type Style } from './style.js';
import { rampPicture, writeRamp } from './testing/pictures.js';
import { loadSmallModel } from './testing/small-model.js';
import { useTemporaryFolder } from '@stargan/testing/temporary-folder';

let model: Model;
let other: Model;
const folder = useTemporaryFolder(async (created) => {
  model = await loadSmallModel(path.join(created, 'run'));
  other = await loadSmallModel(path.join(created, 'other'), undefined, 2);
  await writeRamp(path.join(created, 'references', 'a.png'), 30, 20);
  await rampPicture(40, 40)
    .negate()
    .png()
    .toFile(path.join(created, 'references', 'b.png'));
});
afterAll(() => {
  model.dispose();
  other.dispose();
});
const at = (...parts: string[]): string => path.join(folder(), ...parts);
const valuesOf = (styles: readonly Style[]): number[][] => styles.map(({ values }) => [...values]);

describe('chooseStyles', () => {
  it('takes the style of seed 1 when nothing is said', async () => {
    const [style] = await chooseStyles(model, { to: 'circle' });
    const expected = model.mapLatent(1, 'circle');
    expect([...style!.values]).toEqual([...expected.dataSync()]);
    expected.dispose();
    expect(style).toMatchObject({ name: 'seed-1', domains: ['circle'], origin: 'seed 1' });
    expect(style!.model).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes several seeds, or so many from one on', async () => {
    const named = async (choice: object): Promise<string[]> => (await chooseStyles(model, { to: 1, ...choice })).map(({ name }) => name);
    expect(await named({ seed: [5, 9] })).toEqual(['seed-5', 'seed-9']);
    expect(await named({ seed: 5, count: 3 })).toEqual(['seed-5', 'seed-6', 'seed-7']);
    expect(await named({ count: 2 })).toEqual(['seed-1', 'seed-2']);
    expect(await named({ to: ['circle', 'triangle'], count: 2 })).toEqual([
      'circle-seed-1',
      'circle-seed-2',
      'triangle-seed-1',
      'triangle-seed-2',
    ]);
  });

  it('takes the styles of reference pictures, of any size', async () => {
    const styles = await chooseStyles(model, { to: 'triangle', reference: at('references') });
    expect(styles.map(({ name }) => name)).toEqual(['reference-a', 'reference-b']);
    expect(styles[0]!.origin).toBe(`reference ${at('references', 'a.png')}`);
    expect(styles[0]!.values).not.toEqual(styles[1]!.values);
  });

  it('takes the mean of all, for each domain', async () => {
    const both = await chooseStyles(model, { to: 'triangle', reference: at('references') });
    const [mean, ...more] = await chooseStyles(model, { to: 'triangle', reference: at('references'), average: true });
    expect(more).toEqual([]);
    expect(mean).toMatchObject({ name: 'average', values: averageStyles(both).values });
    const ofDomains = await chooseStyles(model, { to: ['circle', 'triangle'], count: 3, average: true });
    expect(ofDomains.map(({ name, domains }) => [name, domains])).toEqual([
      ['circle-average', ['circle']],
      ['triangle-average', ['triangle']],
    ]);
  });

  it('draws every kind of style towards the mean of its domain', async () => {
    const mean = model.mapLatent(0, 'circle', { psi: 0 });
    const expected = [...mean.dataSync()];
    mean.dispose();
    const style = (await chooseStyles(model, { to: 'circle' }))[0]!;
    const close = (values: Float32Array): void => values.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    close((await chooseStyles(model, { to: 'circle', reference: at('references', 'a.png'), psi: 0 }))[0]!.values);
    close((await chooseStyles(model, { style, psi: 0 }))[0]!.values);
    const half = (await chooseStyles(model, { style, psi: 0.5 }))[0]!;
    half.values.forEach((value, i) => expect(value).toBeCloseTo((style.values[i]! + expected[i]!) / 2, 5));
    expect(half.origin).toBe('seed 1, psi 0.5');
  });

  it('takes styles from files, which say their domain themselves', async () => {
    const made = await chooseStyles(model, { to: 'triangle', seed: 4 });
    await writeStyle(at('kept.safetensors'), made[0]!);
    const read = await chooseStyles(model, { style: at('kept.safetensors') });
    expect(valuesOf(read)).toEqual(valuesOf(made));
    expect(read[0]).toMatchObject({ name: 'kept', domains: ['triangle'], origin: 'seed 4' });
    expect(valuesOf(await chooseStyles(model, { style: made, to: 'triangle' }))).toEqual(valuesOf(made));
  });

  it('says when a style is of another checkpoint or model', async () => {
    const notes: string[] = [];
    const [style] = await chooseStyles(other, { to: 'circle' });
    await chooseStyles(model, { style }, { onNote: (note) => notes.push(note) });
    expect(notes).toEqual(['the style (seed 1) was made with another checkpoint or model, and may look different with this one']);
  });

  const style: Style = { values: Float32Array.of(1, 2, 3, 4), domains: ['circle'], origin: 'here' };
  it.each([
    [{ to: 'cat' }, 'the model has no domain "cat"; its domains are circle, triangle'],
    [{ to: 2 }, 'the model has no domain 2; its domains are circle, triangle'],
    [{}, "a domain to translate to is needed; the model's are circle, triangle"],
    [{ to: 'circle', seed: 1, style }, 'give one of seed and style, not both'],
    [{ to: 'circle', seed: -1 }, 'the seed must be a whole number ≥ 0, got -1'],
    [{ to: 'circle', seed: 1.5 }, 'the seed must be a whole number ≥ 0, got 1.5'],
    [{ to: 'circle', psi: Number.NaN }, 'psi must be a number ≥ 0, got NaN'],
    [{ to: 'circle', psi: -1 }, 'psi must be a number ≥ 0, got -1'],
    [{ to: 'circle', count: 0 }, 'count must be a whole number from 1 to 10000, got 0'],
    [{ to: 'circle', count: 1e9 }, 'count must be a whole number from 1 to 10000'],
    [{ to: 'circle', count: 2, seed: [1, 2] }, 'goes with one seed, or none, alone'],
    [{ style, count: 2 }, 'goes with one seed, or none, alone'],
    [{ to: 'triangle', style }, 'the style (here) is of circle, not of triangle'],
    [{ style: { ...style, values: Float32Array.of(1) } }, "the style (here) has 1 values, the model's have 4"],
    [{ style: { ...style, domains: ['cat'] } }, 'the model has no domain "cat"'],
    [{ style: { ...style, domains: ['circle', 'triangle'] }, psi: 0.5 }, 'but here is of several: circle, triangle; leave psi out'],
    [{ to: ['circle', 'triangle'], reference: 'x.png' }, 'reference pictures are of one domain, got circle, triangle'],
    [{ to: 'circle', reference: 'absent.png' }, 'absent.png does not exist'],
    [{ style: 'absent.safetensors' }, 'the style absent.safetensors cannot be read'],
  ])('refuses %j', async (choice, message) => {
    const before = memory().numTensors;
    await expect(chooseStyles(model, choice)).rejects.toThrow(RequestError);
    await expect(chooseStyles(model, choice)).rejects.toThrow(message);
    expect(memory().numTensors).toBe(before);
  });

  it('names a reference picture that cannot be read', async () => {
    await writeFile(at('broken.png'), 'no picture');
    await expect(chooseStyles(model, { to: 'circle', reference: at('broken.png') })).rejects.toThrow(ImageFileError);
    await rm(at('broken.png'));
  });

  it('leaves no tensors', async () => {
    const before = memory().numTensors;
    await chooseStyles(model, { to: ['circle', 'triangle'], count: 2, psi: 0.5, average: true });
    await chooseStyles(model, { to: 'circle', reference: at('references'), psi: 0.5 });
    expect(memory().numTensors).toBe(before);
  });
});
