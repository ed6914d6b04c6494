import { existsSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Compiler } from '../machine/compiler.js';
import { partOf } from './cache.js';
import { lastLines } from './failure.js';
import type { Setting } from './fetch-tensorflow.js';
import { nodeApiVersion } from './paths.js';

/** What every Node-API module of this package is compiled with. */
export const moduleFlags: readonly string[] = ['-std=c++17', '-fPIC', '-shared', `-DNAPI_VERSION=${String(nodeApiVersion)}`];

/** One Node-API module to compile. */
export interface Compilation {
  readonly sources: readonly string[];
  readonly flags: readonly string[];
  /** Folder of the TensorFlow library that the module is linked with. */
  readonly library: string;
  /** Written aside and renamed, so it is never half there. */
  readonly output: string;
}

/** Compiles a module; gives the compiler's last lines when it fails. */
export async function compileModule(
  { sources, flags, library, output }: Compilation,
  compiler: Compiler,
  { system, log }: Setting,
): Promise<{ readonly failure: string } | undefined> {
  const part = partOf(output);
  const args = [
    ...compiler.args, ...flags,
    `-I${join(library, 'include')}`, `-I${nodeHeaders()}`,
    ...sources,
    join(library, 'libtensorflow_cc.so.2'), join(library, 'libtensorflow_framework.so.2'),
    `-Wl,-rpath,${library}`,
    '-o', part,
  ];
  const result = await system.run(compiler.command, args, { log });
  if (result.status !== 0) {
    rmSync(part, { force: true });
    return { failure: lastLines(result.stderr) };
  }
  renameSync(part, output);
  return undefined;
}

/** Node-API's headers: those that Node.js came with, else the ones of the npm package, which are the same. */
function nodeHeaders(): string {
  const own = join(dirname(dirname(process.execPath)), 'include', 'node');
  if (existsSync(join(own, 'node_api.h'))) return own;
  return join(dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')), 'include');
}
