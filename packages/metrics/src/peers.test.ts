import { describe, expect, it } from 'vitest';
import { densityCoverage } from './density-coverage.js';
import { frechetFeatureDistance } from './frechet-feature-distance.js';
import { kernelDiscrepancy } from './kernel-distance.js';
import { precisionRecall } from './precision-recall.js';

const features = (n: number, value: (i: number, k: number) => number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: 5 }, (_, k) => value(i, k)));
const real = features(60, (i, k) => Math.sin(i * (k + 1.1)));
const generated = features(50, (i, k) => 1.3 * Math.sin(1.7 * i * (k + 0.9)) + 0.5);

describe('the same features give what other tools give', () => {
  it('for the Fréchet distance: pytorch-fid 0.3.0', async () => {
    expect(await frechetFeatureDistance(real, generated)).toBeCloseTo(1.5203270466690189, 12);
  });

  it.each([
    [3, { precision: 0.28, recall: 1.0 }, { density: 0.2733333333333333, coverage: 0.43333333333333335 }],
    [5, { precision: 0.68, recall: 1.0 }, { density: 0.42400000000000004, coverage: 0.7833333333333333 }],
  ])('for precision, recall, density and coverage with %i neighbours: prdc 0.2', async (neighbors, manifolds, balls) => {
    expect(await precisionRecall(real, generated, { neighbors })).toEqual(manifolds);
    const { density, coverage } = await densityCoverage(real, generated, { neighbors });
    expect(density).toBeCloseTo(balls.density, 12);
    expect(coverage).toBe(balls.coverage);
  });

  it('for the kernel discrepancy: torchmetrics 1.9.0', async () => {
    expect(await kernelDiscrepancy(real.slice(0, 50), generated)).toBeCloseTo(1.158416849762812, 12);
  });
});
