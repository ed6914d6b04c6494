import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeEnvironment } from '../environment.js';
import { findCompiler, type Compiler } from '../machine/compiler.js';
import { processorIdentity } from '../machine/processor.js';
import type { System } from '../machine/system.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { addonsFolder } from './cache.js';
import { cachedModule, compileModule, moduleFlags, outsideTrouble } from './compile.js';
import { lastLines } from './failure.js';
import type { Setting } from './fetch-tensorflow.js';
import { librarySizes } from './tensorflow-library.js';

/** What became of the fused kernels: where they are, or why there are none. */
export interface KernelsStamp {
  /** What they were made of and for: {@link kernelsKey}. */
  readonly key: string;
  readonly file?: string;
  readonly refusal?: string;
  /** The compiler's version where it is what refused them: only another one changes that. */
  readonly refusedBy?: string;
}

const sourceFolder = fileURLToPath(new URL('../../native', import.meta.url));
const verifyKernels = fileURLToPath(new URL('../../bin/verify-kernels.js', import.meta.url));

// No fast-math: results must equal the composed operations'. No contraction either, so that they are the same on
// processors with and without fused multiply-add. The last two let loops with roots and comparisons be vectorised.
const flags = [...moduleFlags, '-O3', '-march=native', '-pthread', '-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math'];

/** Differs where the kernels must be compiled anew: other sources, flags, library or processor. */
function kernelsKey(library: string, system: System): string {
  const hash = createHash('sha256');
  for (const file of sourceFiles()) hash.update(file).update(readFileSync(join(sourceFolder, file)));
  hash.update(JSON.stringify([flags, library, librarySizes(library), system.arch, system.libc, processorIdentity(system)]));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Compiles the fused kernels against the library at `library`, and compares each with composed operations in another
 * process. Kernels of the same key are taken from the cache, unless `force`; where those fail, they are compiled anew.
 * Never fails: everything works without them, slower.
 */
export async function compileKernels(target: ResolvedPackage, library: string, force: boolean, setting: Setting): Promise<KernelsStamp> {
  const { system, cache, log, onProgress } = setting;
  const key = kernelsKey(library, system);
  const compiler = await findCompiler(system);
  const file = cachedModule(join(cache, addonsFolder, `stargan_kernels-${system.arch}-${key}`), compiler, system);
  const refuse = ({ why, lasting }: Refusal): KernelsStamp => {
    onProgress(`warning: going on without fused kernels: ${why}. The whole output is in ${log}`);
    return { key, refusal: why, ...(lasting && compiler !== undefined ? { refusedBy: compiler.version } : {}) };
  };
  if (!force && existsSync(file)) {
    const refusal = await tryKernels(target, file, setting);
    if (refusal === undefined) return { key, file };
    onProgress(`compiling the fused kernels in the cache again: ${refusal.why}`);
  }
  const refusal = (await compileInto(file, library, compiler, setting)) ?? (await tryKernels(target, file, setting));
  if (refusal === undefined) return { key, file };
  rmSync(file, { force: true });
  return refuse(refusal);
}

interface Refusal {
  readonly why: string;
  /** The same compiler would do no better at the next start. */
  readonly lasting: boolean;
}

async function compileInto(file: string, library: string, compiler: Compiler | undefined, setting: Setting): Promise<Refusal | undefined> {
  if (compiler === undefined) return { why: 'there is no C++ compiler', lasting: false };
  setting.onProgress(`compiling the fused kernels with ${compiler.version}`);
  const sources = sourceFiles()
    .filter((name) => name.endsWith('.cc'))
    .map((name) => join(sourceFolder, name));
  const failed = await compileModule({ sources, flags, library, output: file }, compiler, setting);
  if (failed === undefined) return undefined;
  const trouble = outsideTrouble(failed.failure);
  const lasting = trouble === undefined && /\berror:/.test(failed.failure);
  return { why: `${compiler.command} could not compile them (${trouble ?? failed.failure.trim()})`, lasting };
}

/** Runs each kernel, in another process, which may crash. */
async function tryKernels(target: ResolvedPackage, file: string, { system, log }: Setting): Promise<Refusal | undefined> {
  // Their only device is the processor.
  const env = { ...system.env, ...nativeEnvironment(system.env), CUDA_VISIBLE_DEVICES: '-1' };
  const tried = await system.run(process.execPath, [verifyKernels, target.folder, file], { env, log, timeoutMs: 300_000 });
  if (tried.status === 0) return undefined;
  const said = lastLines(tried.stderr, 2).trim() || `it ended with ${tried.signal ?? `status ${String(tried.status)}`}`;
  return { why: `they do not work (${said})`, lasting: /where .* is right/.test(said) };
}

/** Whether there is nothing to do about the kernels at this start. */
export async function kernelsSettled(stamp: KernelsStamp | undefined, library: string, system: System): Promise<boolean> {
  if (stamp?.key !== kernelsKey(library, system)) return false;
  if (stamp.file !== undefined) return existsSync(stamp.file);
  // What was refused for a reason that may have passed is tried again.
  return stamp.refusedBy !== undefined && (await findCompiler(system))?.version === stamp.refusedBy;
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
  return readdirSync(sourceFolder)
    .filter((name) => /\.(cc|h)$/.test(name))
    .sort();
}
