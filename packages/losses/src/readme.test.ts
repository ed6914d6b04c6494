import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as losses from './index.js';

interface ReadmeExample {
  readonly disagreement: (promised: string[], output: string) => string | undefined;
  readonly promisedLines: (code: string) => string[];
}

const folder = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(`${folder}README.md`, 'utf8');
const examples = [...readme.matchAll(/^## (.*)$|^```js\n([\s\S]*?)^```$/gm)].reduce<{ section: string; code: string }[]>((found, [, section, code]) => {
  if (section !== undefined) return [...found, { section, code: '' }];
  return [...found.slice(0, -1), { section: found.at(-1)!.section, code: code! }];
}, []).filter(({ code }) => code !== '');

/** How the packages' examples are read and compared, in one place for all of them. */
const { disagreement, promisedLines } = (await import(new URL('../../../scripts/readme-example.mjs', import.meta.url).href)) as ReadmeExample;

test('every family has an example', () => {
  expect(examples.map(({ section }) => section)).toEqual([
    'Example',
    'Adversarial families',
    'Penalties',
    'Diversity',
    'Reconstruction',
    'Auxiliary classification',
    'Feature matching, divergence, LeCam',
  ]);
});

test.each(examples)('the example of "$section" runs as it stands and prints what it says', ({ code }) => {
  const printed = execFileSync(process.execPath, ['--input-type=module'], { cwd: folder, input: code, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  expect(promisedLines(code).length).toBeGreaterThan(0);
  expect(disagreement(promisedLines(code), printed)).toBeUndefined();
});

test('the tables name every export', () => {
  for (const name of Object.keys(losses)) expect(readme, name).toMatch(new RegExp(`^\\|.*\`${name}[([]`, 'm'));
});
