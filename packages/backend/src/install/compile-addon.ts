import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCompiler } from '../machine/compiler.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { addonsFolder } from './cache.js';
import { compileModule, moduleFlags } from './compile.js';
import { InstallError } from './failure.js';
import type { Setting } from './fetch-tensorflow.js';
import type { TensorflowLibrary } from './tensorflow-library.js';

const flags = [...moduleFlags, '-O2', '-DNODE_GYP_MODULE_NAME=tfjs_binding'];

/**
 * Compiles the addon's own C++ sources, which the npm package carries, against `library`. An addon of the same
 * sources, library and settings is taken from the cache, unless `force`.
 *
 * @returns path of the addon in the cache
 * @throws {InstallError} without a C++ compiler, and with its last lines when it fails
 */
export async function compileAddon(
  target: ResolvedPackage,
  library: TensorflowLibrary,
  force: boolean,
  setting: Setting,
): Promise<string> {
  const { system, cache, log, onProgress } = setting;
  const sources = bindingSources(target);
  const home = join(cache, addonsFolder);
  const addon = join(home, `${addonKey(target, library, system.arch)}.node`);
  if (!force && existsSync(addon)) return addon;
  const compiler = await findCompiler(system);
  if (compiler === undefined) {
    throw new InstallError(
      `installRuntime: there is no C++ compiler (${system.env.CXX ? `CXX=${system.env.CXX}` : 'g++, c++ or clang++'})`,
      'Install one (Debian, Ubuntu: `apt-get install g++`; Fedora: `dnf install gcc-c++`), or name one with CXX.',
    );
  }
  onProgress(`compiling the addon of ${target.name} with ${compiler.version}`);
  mkdirSync(home, { recursive: true });
  const failed = await compileModule({ sources, flags, library: library.folder, output: addon }, compiler, setting);
  if (failed !== undefined) {
    throw new InstallError(
      `installRuntime: ${compiler.command} could not compile the addon:\n${failed.failure}`,
      `The addon needs a C++17 compiler, such as g++ 9 or later (CXX names another). The whole output is in ${log}`,
    );
  }
  return addon;
}

function bindingSources(target: ResolvedPackage): string[] {
  const folder = join(target.folder, 'binding');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.cc')).sort() : [];
  if (files.length > 0) return files.map((file) => join(folder, file));
  throw new InstallError(
    `installRuntime: ${target.name} ${target.version} has no C++ sources in ${folder}`,
    `Install version 4.22 of ${target.name} again.`,
  );
}

function addonKey(target: ResolvedPackage, library: TensorflowLibrary, arch: string): string {
  const hash = createHash('sha256');
  const folder = join(target.folder, 'binding');
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  hash.update(JSON.stringify([flags, library.folder, library.version, library.cuda, arch]));
  return `tfjs_binding-${arch}-${hash.digest('hex').slice(0, 16)}`;
}
