import { expect, test } from 'vitest';
import type { DatasetReport } from '../dataset-report.js';
import { describeDataset } from './describe-dataset.js';

const report = (domains: number, passedOver: DatasetReport['splits'][number]['passedOver'] = []): DatasetReport => ({
  directory: '/data',
  splits: [
    {
      split: 'train',
      directory: '/data/train',
      images: 600 * domains,
      domains: Array.from({ length: domains }, (_, i) => ({ name: `d${i}`, images: 600 + i })),
      passedOver,
    },
  ],
  notes: [],
});

test('a split is a line with its domains and what was passed over', () => {
  const { splits } = report(2, [
    { kind: 'other', count: 1205, called: { '.txt': 1200, '.xmp': 5 } },
    { kind: 'system', count: 2, called: { 'lost+found': 1, '@eaDir': 1 } },
    { kind: 'hidden', count: 3, called: { '.a': 1, '.b': 2 } },
  ]);
  const validation = {
    split: 'validation',
    directory: '/data/test',
    images: 1,
    domains: [{ name: 'caf\udce9', images: 1 }],
    passedOver: [],
  } as const;
  expect(describeDataset({ directory: '/data', splits: [...splits, validation], notes: ['test/ is used for validation'] })).toEqual([
    'training images: 1,200 in 2 domains (d0 600, d1 601); passed over: 1,205 other files (.txt 1,200, .xmp 5), 2 of the system (lost+found, @eaDir), 3 hidden',
    String.raw`validation images (test/): 1 in 1 domain (caf\xe9 1)`,
    'note: test/ is used for validation',
  ]);
});

test('many domains are abbreviated', () => {
  expect(describeDataset(report(60))).toEqual([
    'training images: 36,000 in 60 domains (d0 600, d1 601, d2 602, … d59 659; fewest: d0 600, most: d59 659)',
  ]);
});
