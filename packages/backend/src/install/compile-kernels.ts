import { existsSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findCompiler, type Compiler } from '../machine/compiler.js';
import { instructionLevels } from '../machine/instruction-levels.js';
import type { System } from '../machine/system.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { atMost } from './at-most.js';
import { addonsFolder } from './cache.js';
import { cachedModule, compileModule, outsideTrouble } from './compile.js';
import type { Setting } from './fetch-tensorflow.js';
import { isLevel, levelOf, nativeTarget, ownTarget, runsHere, targetFlags, type KernelsTarget } from './kernel-targets.js';
import {
  buildFor,
  kernelFlags,
  kernelsKey,
  kernelSources,
  usableKernels,
  withBuilds,
  type KernelsBuild,
  type KernelsStamp,
} from './kernels-stamp.js';
import { tryKernels, type Refusal } from './try-kernels.js';

/** What is asked of {@link compileKernels}. */
export interface KernelsOrder {
  /** Compiles anew what is in the cache. */
  readonly force: boolean;
  /** Compiles for all levels of x64, not for this processor's alone. */
  readonly portable: boolean;
}

/**
 * Compiles the fused kernels against the library at `library`, and compares each with composed operations in another
 * process where this processor runs them. Kernels of the same key and target are taken from the cache, unless `force`;
 * where those fail, they are compiled anew. Never fails for what a compiler does: everything works without them, slower.
 *
 * @param before what became of them earlier; builds for other processors stay
 */
export async function compileKernels(
  target: ResolvedPackage,
  library: string,
  order: KernelsOrder,
  before: KernelsStamp | undefined,
  setting: Setting,
): Promise<KernelsStamp> {
  const { system, log, onProgress } = setting;
  const key = kernelsKey(library, system);
  const old: KernelsStamp = before?.key === key ? before : { key, builds: [] };
  const own = ownTarget(system);
  if ('why' in own) {
    onProgress(`warning: going on without fused kernels: ${own.why}`);
    return old;
  }
  const compiler = await findCompiler(system);
  const targets = await targetsOf(own, order.portable, compiler, setting);
  const job: Job = { target, library, key, force: order.force, old, compiler, setting };
  const made = await atMost(availableParallelism(), targets, (each) => make(each, job));
  for (const { target: each, refusal } of made)
    if (refusal !== undefined && each !== targets[0])
      onProgress(`warning: there are no fused kernels for ${levelOf(each)}: ${refusal}. The whole output is in ${log}`);
  // Kernels for this processor alone are of no use beside those for its level, which the same compiler tunes alike.
  const superseded = isLevel(own.target) && made[0]?.verified === true ? nativeTarget(system) : undefined;
  const kept = { ...old, builds: old.builds?.filter((build) => build.target !== superseded) };
  const stamp = withBuilds(kept, made);
  const usable = usableKernels(stamp, library, system);
  const refusal = made[0]?.refusal;
  if (refusal !== undefined)
    onProgress(
      `warning: going on ${'why' in usable ? 'without fused kernels' : `with the fused kernels for ${levelOf(usable.target)}`}: ${refusal}. The whole output is in ${log}`,
    );
  return stamp;
}

/** Whether there is nothing to do about the kernels at this start. */
export async function kernelsSettled(
  stamp: KernelsStamp | undefined,
  library: string,
  portable: boolean,
  system: System,
): Promise<boolean> {
  const own = ownTarget(system);
  if ('why' in own) return true;
  if (stamp?.key !== kernelsKey(library, system)) return false;
  const settled = async (each: KernelsTarget): Promise<boolean> => {
    const { file, verified, refusedBy } = buildFor(each, stamp) ?? {};
    if (file !== undefined) return existsSync(file) && (verified === true || !runsHere(each, system));
    // What was refused for a reason that may have passed is tried again.
    return refusedBy !== undefined && (await findCompiler(system))?.version === refusedBy;
  };
  if (portable && system.arch === 'x64') for (const level of instructionLevels) if (!(await settled(level))) return false;
  return (await settled(own.target)) || (!own.asked && (await settled(nativeTarget(system))));
}

/** The targets to compile for, this processor's first. */
async function targetsOf(
  own: { readonly target: KernelsTarget; readonly asked: boolean },
  portable: boolean,
  compiler: Compiler | undefined,
  { system, onProgress }: Setting,
): Promise<KernelsTarget[]> {
  const warn = (why: string): void => {
    if (portable) onProgress(`warning: the fused kernels are compiled for this processor alone: ${why}`);
  };
  if (system.arch !== 'x64') {
    warn(`there are no levels of ${system.arch}`);
    return [own.target];
  }
  const targets = portable ? [...new Set([own.target, ...instructionLevels])] : [own.target];
  if (own.asked || compiler === undefined || !targets.some(isLevel) || (await knowsLevels(compiler, system))) return targets;
  warn(`${compiler.version} does not know the levels of x86-64 (g++ 11 and clang 12 do)`);
  return [nativeTarget(system)];
}

async function knowsLevels({ command, args }: Compiler, system: System): Promise<boolean> {
  const probe = await system.run(command, [...args, `-march=${instructionLevels[0]}`, '-E', '-x', 'c++', '/dev/null'], {
    timeoutMs: 30_000,
  });
  return probe.status === 0;
}

/** What the builds of one run have in common. */
interface Job {
  readonly target: ResolvedPackage;
  readonly library: string;
  readonly key: string;
  readonly force: boolean;
  readonly old: KernelsStamp;
  readonly compiler: Compiler | undefined;
  readonly setting: Setting;
}

/** Takes the kernels for a target from the cache or compiles them, and tries them where this processor runs them. */
async function make(target: KernelsTarget, job: Job): Promise<KernelsBuild> {
  const { key, force, old, compiler, setting } = job;
  const { system, cache, log, onProgress } = setting;
  const file = cachedModule(join(cache, addonsFolder, `stargan_kernels-${system.arch}-${key}-${target}`), compiler, system);
  const here = runsHere(target, system);
  const before = buildFor(target, old);
  // Those that the project has may come from another compiler.
  const present = force ? undefined : [before?.file, file].find((each) => each !== undefined && existsSync(each));
  if (present !== undefined) {
    if (!here) return { target, file: present, verified: before?.file === present && before.verified === true };
    const refusal = await tryKernels(job.target, present, system, log);
    if (refusal === undefined) return { target, file: present, verified: true };
    onProgress(`compiling the fused kernels in the cache again: ${refusal.why}`);
  }
  const failed = await compileInto(file, target, job);
  if (failed === undefined && !here) {
    onProgress(`the fused kernels for ${levelOf(target)} were compiled but not verified, for this processor does not run them`);
    return { target, file, verified: false };
  }
  const refusal = failed ?? (await tryKernels(job.target, file, system, log));
  if (refusal === undefined) return { target, file, verified: true };
  rmSync(file, { force: true });
  return { target, refusal: refusal.why, ...(refusal.lasting && compiler !== undefined ? { refusedBy: compiler.version } : {}) };
}

async function compileInto(file: string, target: KernelsTarget, { library, compiler, setting }: Job): Promise<Refusal | undefined> {
  if (compiler === undefined) return { why: 'there is no C++ compiler', lasting: false };
  setting.onProgress(`compiling the fused kernels for ${isLevel(target) ? target : 'this processor'} with ${compiler.version}`);
  const flags = [...kernelFlags, ...targetFlags(target)];
  const failed = await compileModule({ sources: kernelSources(), flags, library, output: file }, compiler, setting);
  if (failed === undefined) return undefined;
  const trouble = outsideTrouble(failed.failure);
  const lasting = trouble === undefined && /\berror:/.test(failed.failure);
  return { why: `${compiler.command} could not compile them (${trouble ?? failed.failure.trim()})`, lasting };
}
