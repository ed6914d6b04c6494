import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namedFolders } from './testing/pictures.js';
import { planTrainingBatch } from './training-plan.js';

const counts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });

describe('planTrainingBatch', () => {
  test('depends on its arguments only, not on the order of calls', () => {
    fc.assert(
      fc.property(counts, fc.nat(), fc.array(fc.nat(10_000), { minLength: 1, maxLength: 5 }), (counts, seed, iterations) => {
        const plan =
          (folders = namedFolders(counts)) =>
          (iteration: number) =>
            planTrainingBatch(folders, { seed, iteration, batch: 4 });
        const forwards = iterations.map(plan());
        const backwards = [...iterations].reverse().map(plan()).reverse();
        expect(backwards).toEqual(forwards);
      }),
    );
  });

  test('draws other images for other seeds and iterations, and other ones for source and reference', () => {
    const folders = namedFolders([100, 100]);
    const files = (seed: number, iteration: number) =>
      planTrainingBatch(folders, { seed, iteration, batch: 8 }).source.map(({ file }) => file);
    expect(files(1, 0)).not.toEqual(files(2, 0));
    expect(files(1, 0)).not.toEqual(files(1, 1));
    const { source, reference } = planTrainingBatch(folders, { seed: 1, iteration: 0, batch: 8 });
    expect(reference.map(({ first }) => first.file)).not.toEqual(source.map(({ file }) => file));
  });

  test('draws each domain equally often however many images it has, and each image of a domain equally often', () => {
    const folders = namedFolders([2, 50, 400]);
    const plans = Array.from({ length: 1500 }, (_, iteration) => planTrainingBatch(folders, { seed: 3, iteration, batch: 4 }));
    for (const drawn of [plans.flatMap(({ source }) => source), plans.flatMap(({ reference }) => reference.map(({ first }) => first))]) {
      for (const domain of [0, 1, 2]) {
        expect(Math.abs(drawn.filter((image) => image.domain === domain).length / 6000 - 1 / 3)).toBeLessThan(0.03);
      }
      const ofFirst = drawn.filter(({ domain }) => domain === 0);
      expect(Math.abs(ofFirst.filter(({ file }) => file === 'domain0/0.png').length / ofFirst.length - 0.5)).toBeLessThan(0.06);
    }
  });

  test('pairs every image with a fixed partner of its domain, each image being one partner', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const folders = namedFolders([6, 4]);
        const partners = new Map<string, string>();
        for (let iteration = 0; iteration < 60; iteration++) {
          for (const { first, second } of planTrainingBatch(folders, { seed, iteration, batch: 8 }).reference) {
            expect(second.domain).toBe(first.domain);
            expect(folders.domains[first.domain]!.files).toContain(second.file);
            expect(partners.get(first.file) ?? second.file).toBe(second.file);
            partners.set(first.file, second.file);
          }
        }
        expect(new Set(partners.values()).size).toBe(partners.size);
        expect(partners.size).toBe(10);
      }),
      { numRuns: 20 },
    );
  });

  test('pairs differently for another seed', () => {
    const folders = namedFolders([40]);
    const second = (seed: number) => {
      const pairs = Array.from(
        { length: 100 },
        (_, iteration) => planTrainingBatch(folders, { seed, iteration, batch: 8 }).reference,
      ).flat();
      return new Map(pairs.map(({ first, second }) => [first.file, second.file])).get('domain0/0.png');
    };
    expect(new Set([second(1), second(2), second(3), second(1)]).size).toBeGreaterThan(1);
  });

  test('gives every place of a batch its own stream for augmentation', () => {
    const { source, reference } = planTrainingBatch(namedFolders([1]), { seed: 1, iteration: 5, batch: 8 });
    const streams = [...source, ...reference.flatMap(({ first, second }) => [first, second])].map(({ stream }) => stream);
    expect(new Set(streams).size).toBe(24);
  });

  test('fills a batch larger than the data set', () => {
    const { source } = planTrainingBatch(namedFolders([1, 2]), { seed: 1, iteration: 0, batch: 16 });
    expect(source).toHaveLength(16);
  });

  test('refuses a batch of nothing', () => {
    expect(() => planTrainingBatch(namedFolders([1]), { seed: 1, iteration: 0, batch: 0 })).toThrow(
      'batch must be a whole number ≥ 1, got 0',
    );
  });
});
