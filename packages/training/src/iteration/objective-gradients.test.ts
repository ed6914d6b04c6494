import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Comparison } from './testing/objective-differences.js';

/** In a process of its own, where tensorflow.js computes in float64. */
function compareInFloat64(): Comparison[] {
  const float64 = new URL('../../../../testing/float64.mjs', import.meta.url).href;
  const program = fileURLToPath(new URL('../../dist/iteration/testing/objective-differences.js', import.meta.url));
  return JSON.parse(
    execFileSync(process.execPath, ['--import', float64, program], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 2 ** 24,
    }),
  ) as Comparison[];
}

const comparisons = compareInFloat64();

describe('gradients of the whole objective', () => {
  it.each(comparisons)('equal float64 differences of the weighted terms: $name', ({ gradient, terms }) => {
    const parts = Object.values(terms).map(({ derivative, weight }) => weight * derivative);
    const size = Math.max(...parts.map(Math.abs));
    expect(Math.abs(gradient - parts.reduce((total, part) => total + part, 0))).toBeLessThan(1e-6 * size);
  });

  it('have every term, with a weight whose loss would be seen', () => {
    const named = new Set(comparisons.flatMap(({ terms }) => Object.keys(terms)));
    expect([...named].sort()).toEqual([
      'adversarial',
      'classification',
      'cycle',
      'diversity',
      'fake',
      'pairs',
      'r1',
      'r2',
      'real',
      'style',
      'wasserstein',
    ]);
    for (const { name, gradient, terms } of comparisons) {
      for (const [term, { derivative, weight }] of Object.entries(terms)) {
        if (Math.abs(weight) !== 1)
          expect(Math.abs((weight - 1) * derivative), `${term} of ${name}`).toBeGreaterThan(1e-4 * Math.abs(gradient));
      }
    }
  });
});
