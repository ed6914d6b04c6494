import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findCompiler } from '../machine/compiler.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { addonsFolder } from './cache.js';
import { cachedModule, compileModule, moduleFlags, outsideTrouble } from './compile.js';
import { InstallError } from './failure.js';
import type { Setting } from './fetch-tensorflow.js';
import type { TensorflowLibrary } from './tensorflow-library.js';

const ownSources = fileURLToPath(new URL('../../native/addon', import.meta.url));

const flags = [...moduleFlags, '-O2', '-DNODE_GYP_MODULE_NAME=tfjs_binding'];

/** An addon in the cache. */
export interface CompiledAddon {
  readonly file: string;
  /** It was there already. */
  readonly cached: boolean;
}

/**
 * Compiles the addon's own C++ sources, which the npm package carries, with those of ours beside them, against `library`. An
 * addon of the same sources, library, settings, compiler and C library is taken from the cache, unless `force`.
 *
 * @throws {InstallError} without a C++ compiler, and with its last lines when it fails
 */
export async function compileAddon(
  target: ResolvedPackage,
  library: TensorflowLibrary,
  force: boolean,
  setting: Setting,
): Promise<CompiledAddon> {
  const { system, cache, log, onProgress } = setting;
  const sources = [...bindingSources(target), ...sourceFiles(ownSources).map((name) => join(ownSources, name))];
  const compiler = await findCompiler(system);
  const file = cachedModule(join(cache, addonsFolder, addonKey(target, library, system.arch)), compiler, system);
  if (!force && existsSync(file)) return { file, cached: true };
  if (compiler === undefined) {
    throw new InstallError(
      `installRuntime: there is no C++ compiler (${system.env.CXX ? `CXX=${system.env.CXX}` : 'g++, c++ or clang++'})`,
      'Install one (Debian, Ubuntu: `apt-get install g++`; Fedora: `dnf install gcc-c++`), or name one with CXX.',
    );
  }
  onProgress(`compiling the addon of ${target.name} with ${compiler.version}`);
  const failed = await compileModule(
    { sources, flags: [...flags, `-I${join(target.folder, 'binding')}`], library: library.folder, output: file },
    compiler,
    setting,
  );
  if (failed === undefined) return { file, cached: false };
  throw new InstallError(
    `installRuntime: ${compiler.command} could not compile the addon:\n${failed.failure}`,
    `${remedyFor(failed.failure)} The whole output is in ${log}`,
  );
}

/** Whether a failure to compile or to load comes from a library, other than the addon, whose files are not whole. */
export function showsDamage(failure: string): boolean {
  return (
    !failure.includes('tfjs_binding.node: ') &&
    /file too short|file truncated|file format not recognized|wrong format|invalid ELF header|SIGBUS|\.h: No such file|cannot find .*libtensorflow/i.test(
      failure,
    )
  );
}

function remedyFor(failure: string): string {
  const trouble = outsideTrouble(failure);
  if (trouble !== undefined) return `Install again when that is mended: ${trouble}.`;
  if (showsDamage(failure)) return 'A file of the library is not whole: install again with --force, which fetches it anew.';
  return 'The addon needs a C++17 compiler, such as g++ 9 or later (CXX names another).';
}

function bindingSources(target: ResolvedPackage): string[] {
  const folder = join(target.folder, 'binding');
  const files = existsSync(folder) ? sourceFiles(folder) : [];
  // Ours includes the file that registers the module.
  if (files.length > 0) return files.filter((file) => file !== 'tfjs_binding.cc').map((file) => join(folder, file));
  throw new InstallError(
    `installRuntime: ${target.name} ${target.version} has no C++ sources in ${folder}`,
    `Install version 4.22 of ${target.name} again.`,
  );
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.cc'))
    .sort();
}

/** Differs where an addon was compiled from other sources of ours. */
export function ownSourcesHash(): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(ownSources).sort()) hash.update(file).update(readFileSync(join(ownSources, file)));
  return hash.digest('hex').slice(0, 16);
}

function addonKey(target: ResolvedPackage, library: TensorflowLibrary, arch: string): string {
  const hash = createHash('sha256');
  const folder = join(target.folder, 'binding');
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  hash.update(JSON.stringify([flags, ownSourcesHash(), library.folder, library.version, library.cuda, arch]));
  return `tfjs_binding-${arch}-${hash.digest('hex').slice(0, 16)}`;
}
