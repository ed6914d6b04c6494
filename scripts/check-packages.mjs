import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { disagreement, firstExample, promisedLines } from './readme-example.mjs';

const USAGE = `Usage: node scripts/check-packages.mjs [--only NAME]

Packs every package, installs it with npm into an empty project as its users would, runs the README's first example
there, type-checks an import of it, and lints the package. Exit code: 0 all well, 1 a package is not, 2 wrong usage.`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const typescript = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { packageManager } = readManifest(root);
const work = mkdtempSync(join(tmpdir(), 'stargan-packages-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) process.on(signal, () => process.exit(code));

const execute = promisify(execFile);

/** Runs a program. @returns its standard output @throws Error with all that it printed */
async function run(command, args, { cwd = root, env = {} } = {}) {
  try {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 26, shell: process.platform === 'win32' && command !== process.execPath };
    return (await execute(command, args, options)).stdout;
  } catch (error) {
    throw new Error(`${[command, ...args].join(' ')}\n${error.stdout ?? ''}${error.stderr || error.message}`, { cause: error });
  }
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** A package and all packages of this repository that it depends on, itself first. */
function withDependencies(name) {
  const found = [name];
  for (const next of found) {
    const { dependencies = {} } = readManifest(join(root, 'packages', next));
    const own = Object.keys(dependencies).filter((dependency) => dependency.startsWith('@stargan/'));
    for (const dependency of own.map((full) => full.slice('@stargan/'.length))) if (!found.includes(dependency)) found.push(dependency);
  }
  return found;
}

const tarballs = new Map();

/** Packs a package once, as `pnpm publish` would. @returns path of the tarball */
async function pack(name) {
  if (!tarballs.has(name)) {
    const folder = join(work, 'tarballs', name);
    mkdirSync(folder, { recursive: true });
    await run('npx', ['--yes', packageManager, 'pack', '--pack-destination', folder], { cwd: join(root, 'packages', name) });
    tarballs.set(name, join(folder, readdirSync(folder)[0]));
  }
  return tarballs.get(name);
}

/** An empty project with the package, what it depends on, and a backend where it needs one. @returns its folder */
async function installAlone(name) {
  const project = join(work, name);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const packages = [];
  for (const needed of withDependencies(name)) packages.push(await pack(needed));
  const { peerDependencies = {} } = readManifest(join(root, 'packages', name));
  const core = peerDependencies['@tensorflow/tfjs-core'];
  if (core !== undefined) packages.push(`@tensorflow/tfjs-core@${core}`, `@tensorflow/tfjs-backend-cpu@${core}`);
  // No package of ours may need install scripts: many users have them turned off.
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', ...packages], { cwd: project });
  return project;
}

function checkFiles(folder, name) {
  const files = readdirSync(folder, { recursive: true }).map((file) => file.replaceAll('\\', '/'));
  for (const needed of ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']) {
    if (!files.includes(needed)) throw new Error(`${needed} is not in the package`);
  }
  const tests = files.filter((file) => /\.test\.|(^|\/)testing(\/|$)/.test(file));
  if (tests.length > 0) throw new Error(`test code is in the package: ${tests.join(', ')}`);
  const manifest = readManifest(folder);
  if (JSON.stringify(manifest).includes('workspace:')) throw new Error('package.json still has a workspace: version');
  if (name === 'losses') requireNothingButCore(manifest, readdirSync(dirname(folder)));
}

/** The losses are for any GAN: they bring nothing along. */
function requireNothingButCore({ dependencies = {}, peerDependencies = {} }, installed) {
  const needs = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
  if (needs.join() !== '@tensorflow/tfjs-core') throw new Error(`losses must depend on tfjs-core alone, not on ${needs.join(', ')}`);
  if (installed.join() !== 'losses') throw new Error(`losses must come alone, not with ${installed.join(', ')}`);
}

async function runExample(project, folder) {
  const code = firstExample(readFileSync(join(folder, 'README.md'), 'utf8'));
  if (code === undefined) throw new Error('README.md has no example (a ```js block)');
  const promised = promisedLines(code);
  if (promised.length === 0) throw new Error('the example in README.md says nowhere what it prints (//=>)');
  writeFileSync(join(project, 'example.mjs'), code);
  const output = await run(process.execPath, ['example.mjs'], { cwd: project, env: { STARGAN_BACKEND: 'cpu' } });
  const fault = disagreement(promised, output);
  if (fault !== undefined) throw new Error(`the example in README.md ${fault}\nall it prints:\n${output}`);
  return promised.length;
}

async function checkTypes(project, name) {
  const code = `import * as part from '@stargan/${name}';\nexport const names: string[] = Object.keys(part);\n`;
  writeFileSync(join(project, 'consumer.ts'), code);
  // tfjs-core's own declarations do not compile against current lib.dom, hence skipLibCheck.
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--skipLibCheck', 'true'];
  await run(process.execPath, [typescript, ...options, 'consumer.ts'], { cwd: project });
}

async function lint(folder) {
  const { messages, pkg } = await publint({ pkgDir: folder, pack: false, strict: true });
  const faults = messages.filter(({ type }) => type !== 'suggestion');
  if (faults.length > 0) throw new Error(`publint: ${faults.map((message) => formatMessage(message, pkg, { color: false })).join('; ')}`);
}

async function check(name) {
  const project = await installAlone(name);
  const folder = join(project, 'node_modules', '@stargan', name);
  checkFiles(folder, name);
  const results = await runExample(project, folder);
  await checkTypes(project, name);
  await lint(folder);
  return `${results} results of the example`;
}

function wantedPackages() {
  const all = readdirSync(join(root, 'packages'));
  try {
    const { values } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (values.only === undefined) return all;
    const name = values.only.replace(/^@stargan\//, '');
    if (!all.includes(name)) throw new Error(`--only must be one of ${all.join(', ')}, got ${values.only}`);
    return [name];
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

const wanted = wantedPackages();
const began = performance.now();
let failed = 0;
await run(process.execPath, [typescript, '-b', ...wanted.map((name) => join('packages', name))]);
for (const name of wanted) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(0)} s`;
  try {
    console.log(`ok    @stargan/${name}: ${await check(name)}, ${seconds()}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  @stargan/${name}: ${error.message}`);
  }
}
console.log(`${wanted.length - failed} of ${wanted.length} packages are well, ${((performance.now() - began) / 1000).toFixed(0)} s`);
process.exitCode = failed > 0 ? 1 : 0;
