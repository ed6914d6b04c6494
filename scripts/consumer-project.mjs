import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Root folder of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { packageManager } = readManifest(root);
const work = mkdtempSync(join(tmpdir(), 'stargan-packages-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) process.on(signal, () => process.exit(code));

const execute = promisify(execFile);

/** Runs a program. @returns its standard output @throws Error with all that it printed */
export async function run(command, args, { cwd = root, env = {} } = {}) {
  try {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 26, shell: process.platform === 'win32' && command !== process.execPath };
    return (await execute(command, args, options)).stdout;
  } catch (error) {
    throw new Error(`${[command, ...args].join(' ')}\n${error.stdout ?? ''}${error.stderr || error.message}`, { cause: error });
  }
}

/** The package.json of a folder. */
export function readManifest(folder) {
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

/** Packs a package once, as `pnpm publish` would, whoever asks meanwhile. @returns path of the tarball */
function pack(name) {
  const tarball = tarballs.get(name) ?? makeTarball(name);
  tarballs.set(name, tarball);
  return tarball;
}

async function makeTarball(name) {
  const folder = join(work, 'tarballs', name);
  mkdirSync(folder, { recursive: true });
  await run('npx', ['--yes', packageManager, 'pack', '--pack-destination', folder], { cwd: join(root, 'packages', name) });
  return join(folder, readdirSync(folder)[0]);
}

/** An empty project with the package, what it depends on, and a backend where it needs one. @returns its folder */
export async function installAlone(name) {
  const project = join(work, name);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const packages = [];
  for (const needed of withDependencies(name)) packages.push(await pack(needed));
  const { peerDependencies = {} } = readManifest(join(root, 'packages', name));
  const core = peerDependencies['@tensorflow/tfjs-core'];
  if (core !== undefined) packages.push(`@tensorflow/tfjs-core@${core}`, `@tensorflow/tfjs-backend-cpu@${core}`);
  await install(project, packages);
  return project;
}

async function install(project, packages) {
  // No package of ours may need install scripts: many users have them turned off.
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', ...packages], { cwd: project });
}

/** Adds what the package does without, but some of its entries need, to a project of {@link installAlone}. */
export async function installOptionalPeers(project, name) {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = readManifest(join(root, 'packages', name));
  const optional = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional);
  if (optional.length > 0) await install(project, optional.map((peer) => `${peer}@${peerDependencies[peer]}`));
}

/** Deletes a project that {@link installAlone} made. */
export function removeProject(name) {
  return rm(join(work, name), { recursive: true, force: true });
}
