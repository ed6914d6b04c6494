import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { installAlone, installOptionalPeers, prepare, removeProject } from './consumer-project.mjs';
import { disagreement, exampleOf, firstExample, promisedLines } from './readme-example.mjs';
import { root } from './run.mjs';
import { capture as run, publicPackages, readManifest } from './tarballs.mjs';

const USAGE = `Usage: node scripts/check-packages.mjs [--only NAME]

Packs every package, installs it with npm into an empty project as its users would, runs the README's first example
there, type-checks an import of it, and lints the package. Then, with the optional peers installed, does the same with
its other entries, and the README's example of each that says what it prints. Exit code: 0 all well, 1 a package is not, 2 wrong usage.`;

const typescript = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

function checkFiles(folder, name) {
  const files = readdirSync(folder, { recursive: true }).map((file) => file.replaceAll('\\', '/'));
  for (const needed of ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']) {
    if (!files.includes(needed)) throw new Error(`${needed} is not in the package`);
  }
  const tests = files.filter((file) => /\.test\.|(^|\/)testing(\/|$)/.test(file));
  if (tests.length > 0) throw new Error(`test code is in the package: ${tests.join(', ')}`);
  const manifest = readManifest(folder);
  if (JSON.stringify(manifest).includes('workspace:')) throw new Error('package.json still has a workspace: version');
  if (name === '@stargan/losses') requireNothingButCore(manifest, readdirSync(dirname(folder)));
}

/** The losses are for any GAN: they bring nothing along. */
function requireNothingButCore({ dependencies = {}, peerDependencies = {} }, installed) {
  const needs = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
  if (needs.join() !== '@tensorflow/tfjs-core') throw new Error(`losses must depend on tfjs-core alone, not on ${needs.join(', ')}`);
  if (installed.join() !== 'losses') throw new Error(`losses must come alone, not with ${installed.join(', ')}`);
}

async function runExample(project, code) {
  if (code === undefined) throw new Error('README.md has no example (a ```js block)');
  const promised = promisedLines(code);
  if (promised.length === 0) throw new Error('an example in README.md says nowhere what it prints (//=>)');
  writeFileSync(join(project, 'example.mjs'), code);
  const output = await run(process.execPath, ['example.mjs'], { cwd: project, env: { STARGAN_BACKEND: 'cpu' } });
  const fault = disagreement(promised, output);
  if (fault !== undefined) throw new Error(`an example in README.md ${fault}\nall it prints:\n${output}`);
  return promised.length;
}

const NODE_PACKAGES = ['backend', 'checkpoints', 'data', 'metrics'];

/** Compiles an import of an entry with the compiler's default checks, with Node's types where the package needs them. */
async function checkTypes(project, name, entry) {
  const code = `import * as part from '${entry}';\nexport const names: string[] = Object.keys(part);\n`;
  writeFileSync(join(project, 'consumer.ts'), code);
  const types = NODE_PACKAGES.includes(basename(name)) ? ['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')] : [];
  const options = ['--noEmit', '--strict', '--pretty', 'false', '--target', 'es2022', '--module', 'nodenext', ...types];
  const output = await run(process.execPath, [typescript, ...options, 'consumer.ts'], { cwd: project }).then(() => '', ({ message }) => message);
  // tfjs-core's own declarations do not compile against current lib.dom, so that its users have skipLibCheck on:
  // only what is said about our declarations, the consumer or the options counts.
  const faults = output.split('\n').filter((line) => /^(consumer\.ts|node_modules\/@stargan\/|error TS)/.test(line));
  if (faults.length > 0) throw new Error(`a consumer does not compile\n${faults.join('\n')}`);
}

async function lint(folder) {
  const { messages, pkg } = await publint({ pkgDir: folder, pack: false, strict: true });
  const faults = messages.filter(({ type }) => type !== 'suggestion');
  if (faults.length > 0) throw new Error(`publint: ${faults.map((message) => formatMessage(message, pkg, { color: false })).join('; ')}`);
}

async function check(name) {
  const project = await installAlone(name);
  const folder = join(project, 'node_modules', name);
  checkFiles(folder, name);
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  let results = await runExample(project, firstExample(readme));
  await checkTypes(project, name, name);
  await lint(folder);
  const paths = Object.keys(readManifest(folder).exports).filter((path) => path !== '.');
  // Only now, so that the main entry has been seen to do without what is optional.
  if (paths.length > 0) await installOptionalPeers(project, name);
  for (const path of paths) {
    const entry = `${name}${path.slice(1)}`;
    await run(process.execPath, ['--input-type=module', '--eval', `import '${entry}';`], { cwd: project });
    await checkTypes(project, name, entry);
    const example = exampleOf(readme, entry);
    if (example !== undefined) results += await runExample(project, example);
  }
  return `${results} results of examples`;
}

function wantedPackages() {
  const all = [...publicPackages()].filter(([, folder]) => dirname(folder) === join(root, 'packages')).map(([name]) => name);
  try {
    const { values } = parseArgs({ options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (values.only === undefined) return all;
    const name = all.find((one) => one === values.only || basename(one) === values.only);
    if (name === undefined) throw new Error(`--only must be one of ${all.join(', ')}, got ${values.only}`);
    return [name];
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

const wanted = wantedPackages();
const began = performance.now();
let failed = 0;
await run(process.execPath, [typescript, '-b', ...wanted.map((name) => publicPackages().get(name))]);
await prepare(wanted);
const left = [...wanted];

/** Checks one package after another as long as any are left. */
async function checkNext() {
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const start = performance.now();
    const seconds = () => `${((performance.now() - start) / 1000).toFixed(0)} s`;
    try {
      console.log(`ok    ${name}: ${await check(name)}, ${seconds()}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}: ${error.message}`);
    } finally {
      await removeProject(name);
    }
  }
}

// Two at a time: each waits for npm, for programs and for the disk most of the time.
await Promise.all([checkNext(), checkNext()]);
console.log(`${wanted.length - failed} of ${wanted.length} packages are well, ${((performance.now() - began) / 1000).toFixed(0)} s`);
process.exitCode = failed > 0 ? 1 : 0;
