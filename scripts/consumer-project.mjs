import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './run.mjs';
import { capture, packAll as packInto } from './tarballs.mjs';
import { publicPackages } from './workspace.mjs';

export { capture as run, root };

const work = mkdtempSync(join(tmpdir(), 'stargan-packages-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
])
  process.on(signal, () => process.exit(code));

const published = publicPackages();
const unscoped = (name) => name.replace('@stargan/', '');

/** Names of the packages for other people's programs, without their scope. */
export const packageNames = published.filter(({ folder }) => folder.startsWith('packages/')).map(({ name }) => unscoped(name));

/** Packs everything that is published, as `pnpm publish` would. @returns paths of the tarballs by name, without the scope */
export async function packAll() {
  const folder = join(work, 'tarballs');
  mkdirSync(folder);
  const files = await packInto(
    published.map(({ name }) => name),
    folder,
  );
  return new Map(published.map(({ name }, i) => [unscoped(name), files[i]]));
}

/** A project of a user of ours, with these packages installed by npm. @returns its folder */
export async function installProject(label, packages) {
  const project = join(work, label);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  // No package of ours may need install scripts: many users have them turned off.
  await capture('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', ...packages], { cwd: project });
  return project;
}
