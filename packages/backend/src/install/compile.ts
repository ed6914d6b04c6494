import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { renameDurably } from '@stargan/checkpoints';
import type { Compiler } from '../machine/compiler.js';
import type { System } from '../machine/system.js';
import { partOf } from './cache.js';
import { diskTrouble, lastLines } from './failure.js';
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

/**
 * Where the cache has a module, or would have it: the name says what it was made of, for which C library and with which
 * compiler, since one of another system would not load.
 *
 * @param base name that stands for sources, flags, library and processor
 * @param compiler undefined where there is none: then any compiler's module will do
 */
export function cachedModule(base: string, compiler: Compiler | undefined, system: System): string {
  const stem = `${base}-${(system.libc ?? 'no libc').replace(/[^\w.]+/g, '')}`;
  if (compiler !== undefined) return `${stem}-${createHash('sha256').update(compiler.version).digest('hex').slice(0, 8)}.node`;
  const folder = dirname(stem);
  const found = existsSync(folder)
    ? readdirSync(folder).find((file) => file.startsWith(`${basename(stem)}-`) && file.endsWith('.node'))
    : undefined;
  return found === undefined ? `${stem}-none.node` : join(folder, found);
}

/** What a compiler's failure comes from, other than the code that it was given. */
export function outsideTrouble(failure: string): string | undefined {
  if (/Killed|out of memory|cannot allocate memory|SIGKILL/i.test(failure)) return 'the compiler was ended, most likely for lack of memory';
  return diskTrouble(failure)?.what;
}

/** Compiles a module; gives the compiler's last lines when it fails. */
export async function compileModule(
  { sources, flags, library, output }: Compilation,
  compiler: Compiler,
  { system, log }: Setting,
): Promise<{ readonly failure: string } | undefined> {
  const part = partOf(output);
  mkdirSync(dirname(output), { recursive: true });
  const args = [
    ...compiler.args,
    ...flags,
    `-I${join(library, 'include')}`,
    `-I${nodeHeaders()}`,
    ...sources,
    join(library, 'libtensorflow_cc.so.2'),
    join(library, 'libtensorflow_framework.so.2'),
    // Not -Wl, which takes a comma in the path for the end of it.
    '-Xlinker',
    '-rpath',
    '-Xlinker',
    library,
    '-o',
    part,
  ];
  const result = await system.run(compiler.command, args, { log });
  if (result.status !== 0) {
    rmSync(part, { force: true });
    return {
      failure: lastLines(result.stderr || result.stdout) || `  it ended with ${result.signal ?? `status ${String(result.status)}`}`,
    };
  }
  await renameDurably(part, output);
  return undefined;
}

/** Node-API's headers: those that Node.js came with, else the ones of the npm package, which are the same. */
function nodeHeaders(): string {
  const own = join(dirname(dirname(process.execPath)), 'include', 'node');
  if (existsSync(join(own, 'node_api.h'))) return own;
  return join(dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')), 'include');
}
