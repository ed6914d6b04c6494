// Breaks the losses on purpose, one change at a time, and writes down which test notices, as the table in TESTING.md.
// Usage: node packages/losses/scripts/mutations.mjs [TEST-FILE…]   (all of them take some minutes)
// Exit code: 0 every change was noticed and every property notices one, 1 otherwise.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { mutations } from './mutations-list.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));
const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
const scratch = mkdtempSync(join(tmpdir(), 'stargan-mutations-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** Runs a test file. @returns title → whether it passed; a title that several backends or losses share passes if all do */
function outcomes(testFile) {
  const report = join(scratch, 'report.json');
  rmSync(report, { force: true });
  spawnSync(process.execPath, [vitest, 'run', `packages/losses/src/${testFile}`, '--reporter=json', `--outputFile=${report}`], {
    cwd: root,
    env: { ...process.env, STARGAN_BACKEND: 'cpu' },
    stdio: 'ignore',
  });
  const passed = new Map();
  for (const { assertionResults } of JSON.parse(readFileSync(report, 'utf8')).testResults) {
    for (const { title, status } of assertionResults) passed.set(title, (passed.get(title) ?? true) && status === 'passed');
  }
  if (passed.size === 0) throw new Error(`${testFile}: no test ran`);
  return passed;
}

/** Imports of what the changed text calls and its file has not imported: a broken loss, not a broken program. */
function missingImports(source, to) {
  const called = new Set([...to.matchAll(/(?<![.\w])([a-zA-Z]\w*)\(/g)].map(([, name]) => name));
  const missing = [...called].filter((name) => !new RegExp(`^import[^;]*\\b${name}\\b`, 'm').test(source));
  return [
    ...missing.filter((name) => name in tf).map((name) => `import { ${name} } from '@tensorflow/tfjs-core';\n`),
    ...missing.filter((name) => name === 'stopGradient').map(() => "import { stopGradient } from './stop-gradient.js';\n"),
  ].join('');
}

/** The test file with one text of a source changed. @returns titles of the tests that failed */
function noticedBy(testFile, { file, from, to }) {
  const path = join(folder, 'src', file);
  const source = readFileSync(path, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`${file} must hold exactly once: ${from}`);
  const restore = () => writeFileSync(path, source);
  process.once('exit', restore);
  try {
    writeFileSync(path, missingImports(source, to) + source.replace(from, () => to));
    return [...outcomes(testFile)].filter(([, passed]) => !passed).map(([title]) => title);
  } finally {
    restore();
    process.off('exit', restore);
  }
}

for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) process.on(signal, () => process.exit(code));

/** Tests that are about something else than a property: messages and memory. */
const IS_PROPERTY = /^(?!(refuses|unusable|leaves nothing|shapes that differ|integers, scalars|nothing but))/;

function tableOf(testFile, list) {
  const whole = outcomes(testFile);
  const broken = [...whole].filter(([, passed]) => !passed).map(([title]) => title);
  if (broken.length > 0) throw new Error(`${testFile} fails as it is: ${broken.join('; ')}`);
  const noticed = new Map();
  for (const mutation of list) {
    const titles = noticedBy(testFile, mutation);
    console.log(`${titles.length > 0 ? 'noticed ' : 'SURVIVED'} ${testFile} ${mutation.file}: ${mutation.from} → ${mutation.to} (${titles.length} of ${whole.size} tests)`);
    if (titles.length === 0) process.exitCode = 1;
    for (const title of titles) if (!noticed.has(title)) noticed.set(title, mutation);
  }
  for (const title of [...whole.keys()].filter((each) => IS_PROPERTY.test(each) && !noticed.has(each))) {
    console.log(`UNTRIED  ${testFile}: ${title}`);
    process.exitCode = 1;
  }
  const code = (text) => `\`${text.replaceAll('|', '\\|')}\``;
  const cell = (text) => text.replaceAll('|', '\\|');
  return [...whole.keys()]
    .filter((title) => noticed.has(title))
    .map((title) => `| ${cell(title)} | \`${noticed.get(title).file}\`: ${code(noticed.get(title).from)} → ${code(noticed.get(title).to)} | \`${testFile}\` |`);
}

const wanted = process.argv.slice(2);
const path = join(folder, 'TESTING.md');
for (const [testFile, list] of Object.entries(mutations)) {
  if (wanted.length > 0 && !wanted.includes(testFile)) continue;
  const rows = tableOf(testFile, list);
  const [open, close] = [`<!-- ${testFile}: begin -->\n`, `\n<!-- ${testFile}: end -->`];
  const page = readFileSync(path, 'utf8');
  const start = page.indexOf(open) + open.length;
  if (start < open.length) throw new Error(`TESTING.md must hold "${open.trim()}" and "${close.trim()}"`);
  const table = ['| invariant | broken on purpose | test that failed |', '| --- | --- | --- |', ...rows].join('\n');
  writeFileSync(path, page.slice(0, start) + table + page.slice(page.indexOf(close)));
}
