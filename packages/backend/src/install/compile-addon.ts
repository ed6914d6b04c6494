import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findCompiler } from '../machine/compiler.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { addonsFolder, partOf } from './cache.js';
import { InstallError, lastLines } from './failure.js';
import type { Setting } from './fetch-tensorflow.js';
import { nodeApiVersion } from './paths.js';
import type { TensorflowLibrary } from './tensorflow-library.js';

const flags = [
  '-std=c++17', '-O2', '-fPIC', '-shared',
  `-DNAPI_VERSION=${String(nodeApiVersion)}`, '-DNODE_GYP_MODULE_NAME=tfjs_binding',
];

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
  const part = partOf(addon);
  const args = [
    ...compiler.args, ...flags,
    `-I${join(library.folder, 'include')}`, `-I${nodeHeaders()}`,
    ...sources,
    join(library.folder, 'libtensorflow_cc.so.2'), join(library.folder, 'libtensorflow_framework.so.2'),
    `-Wl,-rpath,${library.folder}`,
    '-o', part,
  ];
  const result = await system.run(compiler.command, args, { log });
  if (result.status !== 0) {
    rmSync(part, { force: true });
    throw new InstallError(
      `installRuntime: ${compiler.command} could not compile the addon:\n${lastLines(result.stderr)}`,
      `The addon needs a C++17 compiler, such as g++ 9 or later (CXX names another). The whole output is in ${log}`,
    );
  }
  renameSync(part, addon);
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

/** Node-API's headers: those that Node.js came with, else the ones of the npm package, which are the same. */
function nodeHeaders(): string {
  const own = join(dirname(dirname(process.execPath)), 'include', 'node');
  if (existsSync(join(own, 'node_api.h'))) return own;
  return join(dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')), 'include');
}
