import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileArguments } from './compiler.mjs';
import { installWith } from './package-manager.mjs';
import { heading, root, run } from './run.mjs';

/**
 * Brings a clone to where everything runs: dependencies, build, native TensorFlow. Each step is skipped when it has
 * been done; an interrupted one is done again. Ends the process with the step's code when it fails, except for the
 * native runtime, without which all works, slowly.
 */
export async function setUp() {
  requireNode();
  await installDependencies();
  heading('build of what installs the native runtime');
  await runOrExit(process.execPath, compileArguments(join('packages', 'backend')));
  // The installation waits for a download, or compiles with another core.
  heading('native TensorFlow runtime, beside the build of the other packages');
  const printed = [];
  const rest = compileArguments();
  const building = run(process.execPath, rest, { keep: (text) => printed.push(text), quiet: true });
  const code = await run(process.execPath, [join('packages', 'backend', 'bin', 'stargan-backend.js'), 'install']);
  const built = await building;
  process.stdout.write(printed.join(''));
  if (built !== 0) exitFor(built, process.execPath, rest);
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
