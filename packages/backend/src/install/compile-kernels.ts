import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeEnvironment } from '../environment.js';
import { findCompiler } from '../machine/compiler.js';
import { processorIdentity } from '../machine/processor.js';
import type { System } from '../machine/system.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { addonsFolder } from './cache.js';
import { compileModule, moduleFlags } from './compile.js';
import { lastLines } from './failure.js';
import type { Setting } from './fetch-tensorflow.js';
import { librarySize } from './tensorflow-library.js';

/** What became of the fused kernels: where they are, or why there are none. */
export interface KernelsStamp {
  /** What they were made of and for: {@link kernelsKey}. */
  readonly key: string;
  readonly file?: string;
  readonly refusal?: string;
}

const sourceFolder = fileURLToPath(new URL('../../native', import.meta.url));
const verifyKernels = fileURLToPath(new URL('../../bin/verify-kernels.js', import.meta.url));

// No fast-math: results must equal the composed operations'. No contraction either, so that they are the same on
// processors with and without fused multiply-add. The last two let loops with roots and comparisons be vectorised.
const flags = [
  ...moduleFlags, '-O3', '-march=native', '-pthread', '-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math',
];

/** Differs where the kernels must be compiled anew: other sources, flags, library or processor. */
export function kernelsKey(library: string, system: System): string {
  const hash = createHash('sha256');
  for (const file of sourceFiles()) hash.update(file).update(readFileSync(join(sourceFolder, file)));
  hash.update(JSON.stringify([flags, library, librarySize(library), system.arch, processorIdentity(system)]));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Compiles the fused kernels against the library at `library`, and tries them in another process. Kernels of the
 * same key are taken from the cache, unless `force`. Never fails: everything works without them, slower.
 */
export async function compileKernels(
  target: ResolvedPackage,
  library: string,
  force: boolean,
  setting: Setting,
): Promise<KernelsStamp> {
  const { system, cache, log, onProgress } = setting;
  const key = kernelsKey(library, system);
  const home = join(cache, addonsFolder);
  const file = join(home, `stargan_kernels-${system.arch}-${key}.node`);
  const refuse = (refusal: string): KernelsStamp => {
    rmSync(file, { force: true });
    onProgress(`warning: going on without fused kernels: ${refusal}. The whole output is in ${log}`);
    return { key, refusal };
  };
  if (force || !existsSync(file)) {
    const compiler = await findCompiler(system);
    if (compiler === undefined) return refuse('there is no C++ compiler');
    onProgress(`compiling the fused kernels with ${compiler.version}`);
    mkdirSync(home, { recursive: true });
    const sources = sourceFiles().filter((name) => name.endsWith('.cc')).map((name) => join(sourceFolder, name));
    const failed = await compileModule({ sources, flags, library, output: file }, compiler, setting);
    if (failed !== undefined) return refuse(`${compiler.command} could not compile them (${failed.failure.trim()})`);
  }
  // Their only device is the processor.
  const env = { ...system.env, ...nativeEnvironment(system.env), CUDA_VISIBLE_DEVICES: '-1' };
  const tried = await system.run(process.execPath, [verifyKernels, target.folder, file], { env, log, timeoutMs: 300_000 });
  if (tried.status !== 0) return refuse(`they do not work (${lastLines(tried.stderr, 2).trim() || `status ${String(tried.status)}`})`);
  return { key, file };
}

/** The file of kernels that can be loaded now, or why there is none. */
export function usableKernels(
  stamp: KernelsStamp | undefined,
  library: string | undefined,
  system: System,
): { readonly file: string } | { readonly why: string } {
  if (stamp === undefined || library === undefined) return { why: 'they were not compiled' };
  if (stamp.file === undefined) return { why: stamp.refusal ?? 'they were not compiled' };
  if (stamp.key !== kernelsKey(library, system)) return { why: 'they were compiled for another processor or version' };
  return existsSync(stamp.file) ? { file: stamp.file } : { why: `${stamp.file} is gone` };
}

function sourceFiles(): string[] {
  return readdirSync(sourceFolder).filter((name) => /\.(cc|h)$/.test(name)).sort();
}
