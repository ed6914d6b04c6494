import { ones } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { loadSuites } from './load-suites.js';
import { FULL_SCALE, levelsOf, QUICK_SCALE } from './scale.js';
import { caseName, mergeCases, prepareVariants, type Suite } from './suite.js';

const withVariant = (variant: string): Suite => ({
  name: 'adding',
  cases: () => [{ name: '4 numbers', prepare: () => ({ [variant]: () => ones([4]) }) }],
});

describe('suites', () => {
  it('put variants of one case together that live in different files', () => {
    const [merged, ...others] = mergeCases([withVariant('a'), withVariant('b')], QUICK_SCALE);
    expect(others).toEqual([]);
    expect(Object.keys(prepareVariants(merged!))).toEqual(['a', 'b']);
  });

  it('refuse two variants of one name', () => {
    const [merged] = mergeCases([withVariant('a'), withVariant('a')], QUICK_SCALE);
    expect(() => prepareVariants(merged!)).toThrow('adding › 4 numbers: two files define the variant a');
  });

  it('have cases with names of their own at both scales', async () => {
    const suites = await loadSuites();
    for (const scale of [FULL_SCALE, QUICK_SCALE]) {
      const names = suites.flatMap((suite) => suite.cases(scale).map(({ name }) => caseName(suite.name, name)));
      expect(names.length).toBe(new Set(names).size);
      expect(names.length).toBeGreaterThan(20);
    }
  });

  it('measure the levels that the reference models have', () => {
    expect(levelsOf(FULL_SCALE.models[2]!).map(({ size, channels }) => [size, channels])).toEqual([[256, 64], [128, 128], [64, 256], [32, 512], [16, 512], [8, 512]]);
  });
});
