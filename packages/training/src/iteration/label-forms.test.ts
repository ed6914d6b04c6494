import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { LabelFormDifference } from './testing/label-forms.js';

it('domains in lists and in tensors train to the same weights, moments and averages but for the order of sums, as float64 shows', () => {
  const float64 = new URL('../../../../testing/float64.mjs', import.meta.url).href;
  const program = fileURLToPath(new URL('../../dist/iteration/testing/label-forms.js', import.meta.url));
  const printed = execFileSync(process.execPath, ['--import', float64, program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const differences = JSON.parse(printed) as LabelFormDifference[];
  expect(differences.length).toBeGreaterThan(100);
  for (const { name, difference, size } of differences) expect(difference, name).toBeLessThanOrEqual(1e-8 * size);
});
