import type { Scores } from '@stargan/metrics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '@stargan/run';
import { comparedCurves } from './compared-curves.js';
import { scoreColumns, type Means } from './score-columns.js';

const logOf = (values: readonly number[], key = 'G/latent_cyc'): LogEntry[] =>
  values.map((value, i) => ({ iteration: i + 1, [key]: value }));

describe('compared curves', () => {
  it('lie between the least and the largest value, and keep the mean where every stretch has as many', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 120, maxLength: 120 }), (values) => {
        const { data } = comparedCurves([{ name: 'A', log: logOf(values) }])[0]!;
        const curve = data[1] as number[];
        expect(curve).toHaveLength(60);
        for (const value of curve) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...values) - 1e-3);
          expect(value).toBeLessThanOrEqual(Math.max(...values) + 1e-3);
        }
        const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
        expect(mean(curve)).toBeCloseTo(mean(values), 2);
      }),
    );
  });

  it('have no point where nothing was logged, and continue behind it', () => {
    const { data, spanGaps } = comparedCurves([{ name: 'A', log: logOf([1, 2, 3]) }])[0]!;
    expect(spanGaps).toBe(true);
    expect(data[1]!.filter((value) => value !== null)).toEqual([1, 2, 3]);
    expect(data[1]).toHaveLength(60);
  });

  it('leave out runs without a loss, and keep the colour of the others', () => {
    const charts = comparedCurves([
      { name: 'A', log: logOf([1, 2], 'G/latent_cyc') },
      { name: 'E', log: logOf([1, 2], 'G/latent_sty').map((entry) => ({ ...entry, 'G/latent_cyc': 5 })) },
    ]);
    expect(charts.map(({ title, labels, colours }) => [title, labels, colours])).toEqual([
      ['Cycle consistency', ['A', 'E'], [0, 1]],
      ['Reconstruction of the style', ['E'], [1]],
    ]);
  });
});

describe('score columns', () => {
  const scores = (values: Scores['values']): Scores => ({ values, reasons: {} });
  const means = (latent: Scores['values'], reference = latent): Means => ({ latent: scores(latent), reference: scores(reference) });

  it('leave out what no model has, and show a dash where one has none', () => {
    const models = [
      means({ 'fid-clean': null, lpips: null, domainAccuracy: 0.5, styleDistance: null }),
      means({ 'fid-clean': null, lpips: 0.25, domainAccuracy: 1, styleDistance: 0.125 }),
    ];
    const { headings, cells } = scoreColumns(models, 'clean');
    expect(headings).toEqual([
      'latent LPIPS ↑',
      'latent domain',
      'latent styles',
      'reference LPIPS ↑',
      'reference domain',
      'reference styles',
    ]);
    expect(models.map(cells)).toEqual([
      ['–', '50.0 %', '–', '–', '50.0 %', '–'],
      ['0.2500', '100.0 %', '0.125', '0.2500', '100.0 %', '0.125'],
    ]);
  });

  it('take the FID of the convention that was measured', () => {
    const { headings, cells } = scoreColumns([means({ 'fid-clean': 3, 'fid-stargan2': 4 })], 'stargan2');
    expect(headings).toEqual(['latent FID ↓', 'reference FID ↓']);
    expect(cells(means({ 'fid-stargan2': 4.5 }))).toEqual(['4.50', '4.50']);
  });
});
