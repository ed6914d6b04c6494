import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as losses from './index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const sections = [...readme.matchAll(/^## (.*)$|^```(?:js|ts)$/gm)].map(([, section]) => section);

// They are compiled and run by scripts/check-packages.mjs.
test.each([
  'Example',
  'Adversarial families',
  'Penalties',
  'Diversity',
  'Reconstruction',
  'Auxiliary classification',
  'Feature matching, divergence, LeCam',
])('"%s" has an example', (section) => {
  expect(sections[sections.indexOf(section) + 1]).toBeUndefined();
});

test('the tables name every export', () => {
  for (const name of Object.keys(losses)) expect(readme, name).toMatch(new RegExp(`^\\|.*\`${name}[([]`, 'm'));
});
