import type { System } from '../machine/system.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { usableKernels, withBuilds, type KernelsBuild, type UsableBuild } from './kernels-stamp.js';
import { readValidStamp, writeStamp } from './placed-addon.js';
import { tryKernels } from './try-kernels.js';

/**
 * The kernels to load on this processor, or why there are none. Some that no processor has run yet, as those of an
 * installation on another machine, are verified first, which takes two seconds; what comes of it is written down where
 * the project can be written to, and the next narrower ones are taken where they fail.
 */
export async function chooseKernels(target: ResolvedPackage, system: System): Promise<UsableBuild | { readonly why: string }> {
  const stamp = readValidStamp(target, system);
  for (let kernels = stamp?.kernels; ;) {
    const found = usableKernels(kernels, stamp?.library?.folder, system);
    if ('why' in found || found.verified || kernels === undefined) return found;
    const refusal = await tryKernels(target, found.file, system);
    const build: KernelsBuild = refusal === undefined ? { ...found, verified: true } : { target: found.target, refusal: refusal.why };
    if (refusal === undefined || refusal.lasting) await record(build, kernels.key, target, system);
    kernels = withBuilds(kernels, [build]);
  }
}

async function record(build: KernelsBuild, key: string, target: ResolvedPackage, system: System): Promise<void> {
  // An installation may have written another meanwhile.
  const stamp = readValidStamp(target, system);
  if (stamp?.kernels?.key !== key) return;
  try {
    await writeStamp(target, { ...stamp, kernels: withBuilds(stamp.kernels, [build]) });
  } catch {
    // A project that this user may not write to: the next process verifies them again.
  }
}
