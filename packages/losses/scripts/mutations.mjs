// Breaks the losses on purpose, one change at a time, each in a copy, and writes down which tests notice, as the
// tables in TESTING.md.
// Usage: node packages/losses/scripts/mutations.mjs [TEST-FILE…]   (all of them take some minutes)
// Exit code: 0 every change was noticed and every property notices one, 1 otherwise.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { cell, changed, writeTable } from '../../../scripts/mutation-tools.mjs';
import { mutations } from './mutations-list.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));
// Their cases are the same in every run.
const seeded = fileURLToPath(new URL('../../../testing/seeded-properties.ts', import.meta.url));
const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
// Inside the package, so that the copies find what it depends on.
const scratch = mkdtempSync(join(folder, 'mutants-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
])
  process.on(signal, () => process.exit(code));

/** Imports of what the changed text calls and its file has not imported: a broken loss, not a broken program. */
function missingImports(file, source, to) {
  const called = new Set([...to.matchAll(/(?<![.\w])([a-zA-Z]\w*)\(/g)].map(([, name]) => name));
  const missing = [...called].filter((name) => !new RegExp(`^import[^;]*\\b${name}\\b`, 'm').test(source));
  return [
    ...missing.filter((name) => name in tf).map((name) => `import { ${name} } from '@tensorflow/tfjs-core';\n`),
    ...missing
      .filter((name) => name === 'stopGradient')
      .map(() => `import { stopGradient } from './${file.startsWith('internal/') ? '' : 'internal/'}stop-gradient.js';\n`),
  ].join('');
}

/** The folder of the copy with this mutation of the test file's list, or without one. */
const copyName = (testFile, mutation = 'whole') => `${testFile.replaceAll('/', '-')}-${mutation}`;

/** A copy of the sources with one test file, and one text changed. */
function copy(name, testFile, mutation) {
  const target = join(scratch, name);
  cpSync(join(folder, 'src'), target, {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts') || path === join(folder, 'src', testFile),
  });
  if (mutation === undefined) return;
  const { file, to } = mutation;
  const source = readFileSync(join(target, file), 'utf8');
  writeFileSync(join(target, file), missingImports(file, source, to) + changed(source, mutation));
}

const FAMILY = /^the [\w ]+ losses$/;

/** Runs all copies. @returns copy → test title → whether it passed; backends and losses that share a title must all pass */
function runCopies() {
  const report = join(scratch, 'report.json');
  writeFileSync(
    join(scratch, 'vitest.config.mjs'),
    `export default { test: { include: ['**/*.test.ts'], setupFiles: [${JSON.stringify(seeded)}], pool: 'forks', maxWorkers: 2, isolate: false, testTimeout: 300_000 } };\n`,
  );
  spawnSync(process.execPath, [vitest, 'run', '--root', scratch, '--reporter=json', `--outputFile=${report}`], {
    cwd: scratch,
    stdio: 'ignore',
  });
  const outcomes = new Map();
  for (const { name, assertionResults } of JSON.parse(readFileSync(report, 'utf8')).testResults) {
    const passed = new Map();
    for (const { ancestorTitles, title: alone, status } of assertionResults) {
      // A file tests several families: where a property is of one of them, the row says of which.
      const family = ancestorTitles.find((name) => FAMILY.test(name));
      const title = family === undefined ? alone : `${family}: ${alone}`;
      passed.set(title, (passed.get(title) ?? true) && status === 'passed');
    }
    outcomes.set(relative(scratch, name).split(/[\\/]/)[0], passed);
  }
  return outcomes;
}

/** Tests that are about something else than a property of a loss: messages, memory, the tests' own critic. */
const IS_NO_PROPERTY =
  /^(the [\w ]+ losses: )?(refuses|unusable|wrong arguments|leaves|shapes that differ|integers, scalars|nothing but|the images keep|has the value of the float64 one|.*are refused by a sentence)/;

/** The table of one test file, and complaints about what nobody noticed. */
function tableOf(testFile, list, outcomes) {
  const titles = [...outcomes.get(copyName(testFile))];
  const broken = titles.filter(([, passed]) => !passed).map(([title]) => title);
  if (titles.length === 0 || broken.length > 0)
    throw new Error(`${testFile} must pass as it is; what failed: ${broken.join('; ') || 'all of it'}`);
  const noticed = new Map();
  list.forEach((mutation, i) => {
    const failed = [...(outcomes.get(copyName(testFile, i)) ?? [])].filter(([, passed]) => !passed).map(([title]) => title);
    if (failed.length === 0 || (failed.length === titles.length && titles.length > 2)) {
      console.log(`${failed.length === 0 ? 'SURVIVED' : 'TOO MUCH'} ${testFile}, ${mutation.file}: ${mutation.from} → ${mutation.to}`);
      process.exitCode = 1;
    }
    for (const title of failed) if (!noticed.has(title)) noticed.set(title, mutation);
  });
  for (const [title] of titles) {
    if (noticed.has(title) || IS_NO_PROPERTY.test(title)) continue;
    console.log(`UNTRIED  ${testFile}: ${title}`);
    process.exitCode = 1;
  }
  return titles
    .filter(([title]) => noticed.has(title) && !IS_NO_PROPERTY.test(title))
    .map(([title]) => {
      const { file, from, to } = noticed.get(title);
      return `| ${cell(title)} | \`${file}\`: \`${cell(from)}\` → \`${cell(to)}\` |`;
    });
}

const wanted = Object.entries(mutations).filter(([testFile]) => process.argv.length === 2 || process.argv.includes(testFile));
for (const [testFile, list] of wanted) {
  copy(copyName(testFile), testFile);
  list.forEach((mutation, i) => copy(copyName(testFile, i), testFile, mutation));
}
const outcomes = runCopies();
const path = join(folder, 'TESTING.md');
for (const [testFile, list] of wanted) {
  const rows = tableOf(testFile, list, outcomes);
  writeTable(path, testFile, [`| invariant, and test of \`${testFile}\` that failed | mutation |`, '| --- | --- |', ...rows]);
}
