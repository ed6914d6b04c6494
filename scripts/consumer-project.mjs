import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { capture, packAll, publicPackages, readManifest, requiredPeers, tarballOf, withDependencies } from './tarballs.mjs';

const work = mkdtempSync(join(tmpdir(), 'stargan-packages-'));
const tarballs = join(work, 'tarballs');
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) process.on(signal, () => process.exit(code));

/** Packs packages and all that they need, for {@link installAlone}. */
export async function prepare(names) {
  mkdirSync(tarballs, { recursive: true });
  await packAll([...new Set(names.flatMap((name) => withDependencies(name)))], tarballs);
}

/** An empty project with the package, what it depends on, and a backend where it needs one. @returns its folder */
export async function installAlone(name) {
  const project = join(work, basename(name));
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const packages = [...withDependencies(name).map((needed) => tarballOf(needed, tarballs)), ...requiredPeers(name)];
  const core = packages.find((one) => one.startsWith('@tensorflow/tfjs-core@'));
  if (core !== undefined) packages.push(core.replace('tfjs-core', 'tfjs-backend-cpu'));
  await install(project, packages);
  return project;
}

async function install(project, packages) {
  // No package of ours may need install scripts: many users have them turned off.
  await capture('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', ...packages], { cwd: project });
}

/** Adds what the package does without, but some of its entries need, to a project of {@link installAlone}. */
export async function installOptionalPeers(project, name) {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = readManifest(publicPackages().get(name));
  const optional = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional);
  if (optional.length > 0) await install(project, optional.map((peer) => `${peer}@${peerDependencies[peer]}`));
}

/** Deletes a project that {@link installAlone} made. */
export function removeProject(name) {
  return rm(join(work, basename(name)), { recursive: true, force: true });
}
