import { convolutionMethods } from '@stargan/layers';
import { ones } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { loadSuites } from './load-suites.js';
import { loadVariants } from './load-variants.js';
import { FULL_SCALE, levelsOf, QUICK_SCALE } from './scale.js';
import { caseName, casesOf, type Suite } from './suite.js';

const adding = (name: string): Suite => ({ name: 'adding', cases: () => [{ name, prepare: () => ({ ones: () => ones([4]) }) }] });

describe('suites', () => {
  it('refuse two cases of one name', () => {
    expect(() => casesOf([adding('4 numbers'), adding('4 numbers')], QUICK_SCALE)).toThrow('two cases are called adding › 4 numbers');
    expect(casesOf([adding('4 numbers'), adding('5 numbers')], QUICK_SCALE).map(caseName)).toEqual([
      'adding › 4 numbers',
      'adding › 5 numbers',
    ]);
  });

  it('have cases with names of their own at both scales', async () => {
    const suites = await loadSuites();
    for (const scale of [FULL_SCALE, QUICK_SCALE]) expect(casesOf(suites, scale).length).toBeGreaterThan(20);
  });

  it('measure the levels that the reference models have', () => {
    expect(levelsOf(FULL_SCALE.models[2]!).map(({ size, channels }) => [size, channels])).toEqual([
      [256, 64],
      [128, 128],
      [64, 256],
      [32, 512],
      [16, 512],
      [8, 512],
    ]);
  });

  it('measure the blocks that the reference models have', async () => {
    const names = casesOf(await loadSuites(), { ...FULL_SCALE, models: [FULL_SCALE.models[1]!] }).map(caseName);
    const blocks = names.flatMap((name) => /^residual blocks › (.* at 2×\d+)[^,]*$/.exec(name)?.[1] ?? []);
    expect(blocks).toEqual([
      ...[128, 64, 32, 16, 8].map((size) => `plain down at 2×${size}`),
      ...[128, 64, 32].map((size) => `normalised down at 2×${size}`),
      'normalised at 2×16',
      'styled at 2×16',
      ...[128, 64, 32].map((size) => `styled up at 2×${size}`),
    ]);
  });
});

describe('variants', () => {
  it('of a layer are the files of its folder, by name', async () => {
    expect(Object.keys(await loadVariants('r1'))).toEqual(['one forward pass', 'separate']);
    expect(await loadVariants('no such layer')).toEqual({});
  });

  it('of resampling are all those that blocks have', async () => {
    const cases = casesOf(await loadSuites(), QUICK_SCALE).filter(({ suite }) => suite === 'resampling' || suite === 'residual blocks');
    expect(cases.length).toBeGreaterThan(4);
    for (const one of cases) {
      if (!('prepare' in one)) throw new Error(`${caseName(one)} computes no tensors`);
      expect(Object.keys(one.prepare()), caseName(one)).toEqual(expect.arrayContaining(Object.keys(convolutionMethods)));
    }
  });
});
