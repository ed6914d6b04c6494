import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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

/** Names of the packages, without their scope. */
export const packageNames = readdirSync(join(root, 'packages')).sort();

/** Packs every package, as `pnpm publish` would. @returns paths of the tarballs by the packages' names */
export async function packAll() {
  const folder = join(work, 'tarballs');
  mkdirSync(folder);
  await run('npx', ['--yes', packageManager, '--recursive', '--filter', './packages/*', 'pack', '--pack-destination', folder]);
  const files = readdirSync(folder);
  return new Map(packageNames.map((name) => {
    const file = files.find((each) => new RegExp(`^stargan-${name}-\\d`).test(each));
    if (file === undefined) throw new Error(`packing @stargan/${name} left no tarball, only ${files.join(', ')}`);
    return [name, join(folder, file)];
  }));
}

/** A project of a user of ours, with these packages installed by npm. @returns its folder */
export async function installProject(label, packages) {
  const project = join(work, label);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  // No package of ours may need install scripts: many users have them turned off.
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', ...packages], { cwd: project });
  return project;
}
