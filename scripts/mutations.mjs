import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { cell, changed, codeCell, writeTable } from './mutation-tools.mjs';
import { mutations } from './mutations-list.mjs';
import { root, run } from './run.mjs';

const USAGE = `Usage: node scripts/mutations.mjs [--only FILTER] [--copy FOLDER]

Breaks the training step, the kernels and the run folder on purpose, one change at a time, in a copy of the repository,
runs the test file, or the test, that has to notice, and writes what noticed into docs/testing.md: the table of each test file that
noticed all of its changes. --only FILTER takes the changes of those files, or test files, that have FILTER in their path.
--copy FOLDER keeps the copy there, and takes the one that is there up again. Build and install the native runtime first
(\`npm test\` does both). All of them take half an hour.
Exit code: 0 every change was noticed, 1 one was not or a test fails without any, 2 wrong usage.`;

const { only, copy: kept } = options();
const wanted = mutations
  .flatMap(({ test, folder, kernels = false, changes }) =>
    changes.map(([what, file, from, to, title]) => ({
      test,
      kernels,
      what,
      file: file.includes('/') ? file : `${folder}/${file}`,
      from,
      to,
      title,
    })),
  )
  .filter(({ test, file }) => only === undefined || test.includes(only) || file.includes(only));
if (wanted.length === 0) fail(`no change is of a file with ${only} in its path`);
// A list that does not fit the sources is found out before the long part.
for (const mutation of wanted) changed(readFileSync(join(root, mutation.file), 'utf8'), mutation);

const page = join(root, 'docs', 'testing.md');
const scratch = kept === undefined ? mkdtempSync(join(tmpdir(), 'stargan-mutations-')) : resolve(kept);
const cache = join(scratch, 'cache');
const env = { ...process.env, STARGAN_CACHE_DIR: cache, NO_COLOR: '1' };
if (kept === undefined) process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

console.log(`a copy of the repository in ${scratch}`);
await makeCopy();
let count = 0;
let survived = 0;
for (const test of new Set(wanted.map((each) => each.test))) {
  const lines = [];
  const list = wanted.filter((each) => each.test === test);
  // Only those that are to notice, where all changes name theirs.
  const titles = list.map(({ title }) => title);
  const { failed, passed } = await runTest(test, titles.includes(undefined) ? undefined : titles.join('|'));
  if (failed.length > 0 || passed === 0)
    throw new Error(`${test} must pass without any change; what failed: ${failed[0] ?? 'it cannot be loaded'}`);
  for (const mutation of list) {
    const noticed = await tryMutation(mutation);
    console.log(
      `${++count}/${wanted.length} ${noticed === undefined ? 'SURVIVED' : 'noticed '} ${mutation.file}: ${mutation.what}${noticed === undefined ? '' : ` ← ${noticed}`}`,
    );
    if (noticed === undefined) survived += 1;
    else lines.push(rowOf(mutation, noticed));
  }
  const { changes } = mutations.find((each) => each.test === test);
  if (lines.length === changes.length)
    writeTable(page, test, ['| what is broken | change | first test that fails |', '| --- | --- | --- |', ...lines]);
}
console.log(`${wanted.length} changes, ${wanted.length - survived} noticed`);
if (survived > 0) process.exitCode = 1;

function rowOf({ what, file, from, to }, noticed) {
  return `| ${cell(what)} | \`${file.split('/').at(-1)}\`: ${codeCell(from)} → ${codeCell(to)} | ${cell(noticed)} |`;
}

/** Sources, what was built of them, the dependencies, and a cache of its own that borrows the libraries of the real one. */
async function makeCopy() {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) copy(file);
  for (const part of [
    'testing',
    'harness',
    'conformance',
    'benchmarks',
    ...readdirSync(join(root, 'packages')).map((name) => join('packages', name)),
  ]) {
    for (const built of ['dist', 'tsconfig.tsbuildinfo']) if (existsSync(join(root, part, built))) copy(join(part, built));
  }
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await must('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', '--prefer-offline'], { CI: 'true' });
  const real = process.env.STARGAN_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'stargan');
  mkdirSync(cache, { recursive: true });
  for (const name of existsSync(real) ? readdirSync(real) : []) {
    if (existsSync(join(cache, name))) continue;
    if (name === 'addons') cpSync(join(real, name), join(cache, name), { recursive: true });
    else if (name.startsWith('tensorflow-')) symlinkSync(join(real, name), join(cache, name));
  }
  // Whether results are right does not depend on it, and twelve compilations take minutes less. The installation reads the
  // built file and the tests read the source; where their flags differ, the kernels count as compiled for another version.
  for (const compiler of ['src/install/kernels-stamp.ts', 'dist/install/kernels-stamp.js']) {
    const file = join('packages/backend', compiler);
    const source = readFileSync(join(scratch, file), 'utf8');
    writeFileSync(join(scratch, file), changed(source, { file, from: "'-O3'", to: "'-O1'" }));
  }
  await installKernels();
}

function copy(file) {
  mkdirSync(dirname(join(scratch, file)), { recursive: true });
  cpSync(join(root, file), join(scratch, file), { recursive: true, preserveTimestamps: true });
}

/** @returns its exit code, and what it printed */
async function inCopy(command, args, more = {}) {
  let printed = '';
  const code = await run(command, args, { cwd: scratch, env: { ...env, ...more }, keep: (text) => (printed += text), quiet: true });
  return { code, printed };
}

async function must(command, args, more) {
  const { code, printed } = await inCopy(command, args, more);
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} failed in the copy: ${printed}`);
}

/** Compiles the kernels of the copy's sources into the copy's cache, or takes them from there. */
async function installKernels() {
  await must(process.execPath, ['packages/backend/bin/stargan-backend.js', 'install']);
}

/** @returns the first test that noticed, or undefined; afterwards the copy is as it was */
async function tryMutation(mutation) {
  const { file, test, kernels, title } = mutation;
  const source = readFileSync(join(scratch, file), 'utf8');
  const put = async (content) => {
    writeFileSync(join(scratch, file), content);
    if (kernels) await installKernels();
    else if (!file.endsWith('.cc')) transpile(file, content); // what is not a kernel, its test compiles
  };
  await put(changed(source, mutation));
  const { failed, passed } = await runTest(test, title);
  await put(source);
  // A file of which nothing ran is a broken program, not a broken result.
  if (failed.length === 0 && passed === 0) throw new Error(`${mutation.what}: ${test} could not be loaded`);
  return failed[0];
}

/** What programs and other packages import. Types do not matter to a change, nor whether an import is still used. */
function transpile(file, content) {
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };
  writeFileSync(
    join(scratch, file.replace('/src/', '/dist/').replace(/\.ts$/, '.js')),
    ts.transpileModule(content, { compilerOptions }).outputText,
  );
}

/** Runs a test file, up to the first test that fails. @returns its title, and the number of tests that passed */
async function runTest(test, title) {
  const report = join(scratch, 'report.json');
  rmSync(report, { force: true });
  await inCopy(process.execPath, [
    'node_modules/vitest/vitest.mjs',
    'run',
    test,
    '--maxWorkers',
    '1',
    '--reporter=json',
    `--outputFile=${report}`,
    '--bail',
    '1',
    ...(title === undefined ? [] : ['-t', title]),
  ]);
  const results = JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName.trim());
  return { failed, passed: results.filter(({ status }) => status === 'passed').length };
}

function options() {
  try {
    const { values } = parseArgs({
      options: { only: { type: 'string' }, copy: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    return values;
  } catch (error) {
    return fail(error.message);
  }
}

function fail(message) {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}
