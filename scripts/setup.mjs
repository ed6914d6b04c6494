import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installWith } from './package-manager.mjs';
import { heading, root, run } from './run.mjs';

/**
 * Brings a clone to where everything runs: dependencies, build, native TensorFlow. Each step is skipped when it has
 * been done; an interrupted one is done again. Ends the process with the step's code when it fails, except for the
 * native runtime, without which all works, slowly.
 *
 * @param {{ checkTypes?: boolean }} [options] with `checkTypes: false` a clone that was never built is compiled without
 *   checking types, which takes a third of the time; the next set-up that checks them makes up for it
 */
export async function setUp({ checkTypes = true } = {}) {
  requireNode();
  await installDependencies();
  const args = compilerArguments(checkTypes);
  heading('build of what installs the native runtime');
  await runOrExit(process.execPath, args.first);
  // The installation waits for a download, or compiles with another core.
  heading('native TensorFlow runtime, beside the build of the other packages');
  const printed = [];
  const building = run(process.execPath, args.rest, { keep: (text) => printed.push(text), quiet: true });
  const code = await run(process.execPath, [join('packages', 'backend', 'bin', 'stargan-backend.js'), 'install']);
  const built = await building;
  process.stdout.write(printed.join(''));
  if (built !== 0) exitFor(built, process.execPath, args.rest);
  if (checkTypes) rmSync(unchecked, { force: true });
  if (code !== 0) {
    console.warn('\nwarning: there is no native TensorFlow (the reason stands above); going on with a slower runtime');
  }
}

/** Runs a program and ends this one with its code when that is not 0. */
export async function runOrExit(command, args) {
  const code = await run(command, args);
  if (code !== 0) exitFor(code, command, args);
}

function exitFor(code, command, args) {
  console.error(`\nfailed with code ${code}: ${[command, ...args].join(' ')}`);
  process.exit(code);
}

/** There while what was built last was not type-checked. */
const unchecked = join(root, 'node_modules', '.stargan-unchecked');

/**
 * What the compiler is called with: first for the package that installs the native runtime, then for the rest.
 *
 * After a build that did not check types, TypeScript 6.0 does not note that a later one did, and would check everything at
 * every start; one that builds all anew does.
 */
function compilerArguments(checkTypes) {
  const compile = (...args) => [join('node_modules', 'typescript', 'bin', 'tsc'), '-b', ...args];
  const backend = join('packages', 'backend');
  const wasUnchecked = existsSync(unchecked);
  if (checkTypes) return { first: wasUnchecked ? compile('--force') : compile(backend), rest: compile() };
  if (!wasUnchecked && existsSync(join(root, backend, 'tsconfig.tsbuildinfo'))) return { first: compile(backend), rest: compile() };
  writeFileSync(unchecked, '');
  return { first: compile(backend, '--noCheck'), rest: compile('--noCheck') };
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Node.js 20.19 or later is needed, and this is ${process.version}: see https://nodejs.org/en/download`);
  process.exit(1);
}

/** Installs the dependencies, where that has not been done since they last changed. */
export async function installDependencies() {
  const stamp = join(root, 'node_modules', '.stargan-dependencies');
  const state = dependencyState();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  heading(`dependencies (${packageManager})`);
  rmSync(stamp, { force: true });
  const npx = async (args, env) => {
    const texts = [];
    const code = await run('npx', args, {
      env: { ...process.env, ...env },
      shell: process.platform === 'win32',
      keep: (text) => texts.push(text),
    });
    return { code, said: texts.join('') };
  };
  const { code, why } = await installWith({ packageManager, root, npx });
  if (code !== 0) {
    console.error(`\n${why} (code ${code})`);
    process.exit(code);
  }
  writeFileSync(stamp, state);
}

// What pnpm installs follows from these files; every package's own manifest is reflected in the lockfile.
function dependencyState() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await setUp();
