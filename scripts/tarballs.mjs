import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './run.mjs';
import { publicPackages as listPublicPackages, readManifest } from './workspace.mjs';

const execute = promisify(execFile);

/** Runs a program. @returns its standard output @throws Error with all that it printed */
export async function capture(command, args, { cwd = root, env = {} } = {}) {
  try {
    const options = {
      cwd,
      env: { ...process.env, ...env },
      maxBuffer: 2 ** 26,
      shell: process.platform === 'win32' && command !== process.execPath,
    };
    return (await execute(command, args, options)).stdout;
  } catch (error) {
    throw new Error(`${[command, ...args].join(' ')}\n${error.stdout ?? ''}${error.stderr || error.message}`, { cause: error });
  }
}

/** The packages of this repository that are for others to install: their folders by name. */
export function publicPackages() {
  return new Map(listPublicPackages().map(({ name, folder }) => [name, join(root, folder)]));
}

/** A package and all packages of this repository that it depends on, itself first. */
export function withDependencies(name) {
  const folders = publicPackages();
  const found = [name];
  for (const next of found) {
    const { dependencies = {} } = readManifest(folders.get(next));
    for (const dependency of Object.keys(dependencies)) if (folders.has(dependency) && !found.includes(dependency)) found.push(dependency);
  }
  return found;
}

/** Packs packages as `pnpm publish` would, which have to be built already. @returns paths of the tarballs, in order */
export async function packAll(names, folder) {
  const { packageManager } = readManifest(root);
  const filters = names.map((name) => `--filter=${name}`);
  await capture('npx', ['--yes', packageManager, '--recursive', ...filters, 'pack', '--pack-destination', folder]);
  return names.map((name) => tarballOf(name, folder));
}

/** Where {@link packAll} puts a package's tarball. */
export function tarballOf(name, folder) {
  const { version } = readManifest(publicPackages().get(name));
  return join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
}

/** Packages of others that a package needs beside it and that npm would not put where their user imports them. */
export function requiredPeers(name) {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = readManifest(publicPackages().get(name));
  return Object.entries(peerDependencies)
    .filter(([peer]) => peerDependenciesMeta[peer]?.optional !== true)
    .map(([peer, range]) => `${peer}@${range}`);
}
