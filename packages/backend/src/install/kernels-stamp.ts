import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { System } from '../machine/system.js';
import { moduleFlags } from './compile.js';
import { allTargetFlags, describeLevels, levelOf, loadableTargets, type KernelsTarget } from './kernel-targets.js';
import { librarySizes } from './tensorflow-library.js';

/** What became of the fused kernels, for each target that some machine with this project has asked for. */
export interface KernelsStamp {
  /** What they were made of: {@link kernelsKey}. */
  readonly key: string;
  /** One for a target; absent in stamps of earlier versions, whose key is another. */
  readonly builds?: readonly KernelsBuild[];
}

/** The kernels for one target: where they are, or why there are none. */
export interface KernelsBuild {
  readonly target: KernelsTarget;
  readonly file?: string;
  /** Whether they were compared with composed operations. False where no processor that runs them has met this project yet. */
  readonly verified?: boolean;
  readonly refusal?: string;
  /** The compiler's version where it is what refused them: only another one changes that. */
  readonly refusedBy?: string;
}

/** A build that this processor may load. */
export type UsableBuild = KernelsBuild & { readonly file: string };

const sourceFolder = fileURLToPath(new URL('../../native', import.meta.url));

// No fast-math: results must equal the composed operations'. No contraction either, so that they are the same on
// processors with and without fused multiply-add. The last two let loops with roots and comparisons be vectorised.
export const kernelFlags = [...moduleFlags, '-O3', '-pthread', '-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math'];

/** The files that are compiled. */
export const kernelSources = (): string[] =>
  sourceFiles()
    .filter((name) => name.endsWith('.cc'))
    .map((name) => join(sourceFolder, name));

/** Differs where the kernels must be compiled anew for every target: other sources, flags, library or C library. */
export function kernelsKey(library: string, system: System): string {
  const hash = createHash('sha256');
  for (const file of sourceFiles()) hash.update(file).update(readFileSync(join(sourceFolder, file)));
  hash.update(JSON.stringify([kernelFlags, allTargetFlags, library, librarySizes(library), system.arch, system.libc]));
  return hash.digest('hex').slice(0, 16);
}

/** The best build that this processor may load now, verified or not; or why there is none. */
export function usableKernels(
  stamp: KernelsStamp | undefined,
  library: string | undefined,
  system: System,
): UsableBuild | { readonly why: string } {
  if (stamp?.builds === undefined || library === undefined) return { why: 'they were not compiled' };
  if (stamp.key !== kernelsKey(library, system)) return { why: 'they were compiled from other sources or for another library' };
  const targets = loadableTargets(system);
  if ('why' in targets) return targets;
  const builds = targets.flatMap((target) => buildFor(target, stamp) ?? []);
  const usable = builds.find((build): build is UsableBuild => build.file !== undefined && existsSync(build.file));
  return usable ?? { why: whyNone(builds, stamp, system) };
}

function whyNone(builds: readonly KernelsBuild[], stamp: KernelsStamp, system: System): string {
  const refusal = builds.find((build) => build.refusal !== undefined)?.refusal;
  if (refusal !== undefined) return refusal;
  const gone = builds.find((build) => build.file !== undefined)?.file;
  if (gone !== undefined) return `${gone} is gone`;
  const levels = (stamp.builds ?? []).filter((build) => build.file !== undefined).map(({ target }) => levelOf(target));
  if (levels.length === 0) return 'they were not compiled';
  const asked = system.env.STARGAN_KERNELS_LEVEL;
  const others = [...new Set(levels)].map((level) => (level === 'native' ? 'another processor' : level)).join(', ');
  return `they were compiled for ${others}, not for ${asked ? `STARGAN_KERNELS_LEVEL=${asked}` : `this processor: ${describeLevels(system)}`}`;
}

/** What became of the kernels for a target. */
export const buildFor = (target: KernelsTarget, stamp: KernelsStamp | undefined): KernelsBuild | undefined =>
  stamp?.builds?.find((build) => build.target === target);

/** A stamp with these builds in place of those for the same targets. */
export function withBuilds(stamp: KernelsStamp, builds: readonly KernelsBuild[]): KernelsStamp {
  const others = (stamp.builds ?? []).filter(({ target }) => !builds.some((build) => build.target === target));
  return { ...stamp, builds: [...others, ...builds] };
}

function sourceFiles(): string[] {
  return readdirSync(sourceFolder)
    .filter((name) => /\.(cc|h)$/.test(name))
    .sort();
}
