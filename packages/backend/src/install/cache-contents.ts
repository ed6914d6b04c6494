import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { thisSystem, type System } from '../machine/system.js';
import { addonsFolder, cacheRoot, downloadsFolder } from './cache.js';
import { asInstallError } from './failure.js';
import { findTarget, tensorflowVersion } from './paths.js';
import { readValidStamp } from './placed-addon.js';
import { sizeOf } from './progress.js';

/** Something that installations have put into the cache. */
export interface CacheEntry {
  /** Its path below the cache folder. */
  readonly name: string;
  /** Its size. */
  readonly bytes: number;
  /** Whether this version of this package takes it, here. */
  readonly current: boolean;
}

/**
 * What installations have put into the cache, libraries first: of this version and of earlier ones.
 *
 * @param system the machine whose cache it is; by default the one that this runs on
 */
export function listCache(system: System = thisSystem()): CacheEntry[] {
  const cache = cacheRoot(system);
  if (!existsSync(cache)) return [];
  const names = readdirSync(cache).sort();
  const libraries = names.filter((name) => /^tensorflow-(?:cpu|gpu)-/.test(name));
  const used = modulesInUse(system);
  return [
    ...libraries.map((name) => ({
      name,
      bytes: sizeOf(join(cache, name)),
      current: name.includes(`-${tensorflowVersion}-`) && name.endsWith(`-${system.arch}`),
    })),
    ...names.filter((name) => name === downloadsFolder).map((name) => ({ name, bytes: sizeOf(join(cache, name)), current: false })),
    ...modulesIn(cache).map((name) => ({
      name,
      bytes: statSync(join(cache, name)).size,
      current: used === undefined || used.has(join(cache, name)),
    })),
  ];
}

/**
 * Removes what {@link listCache} does not call current. Other projects fetch or compile again what they still need.
 *
 * @param system the machine whose cache it is; by default the one that this runs on
 * @returns what was removed
 * @throws {InstallError} where this user may not
 */
export function pruneCache(system: System = thisSystem()): CacheEntry[] {
  const old = listCache(system).filter(({ current }) => !current);
  try {
    for (const { name } of old) rmSync(join(cacheRoot(system), name), { recursive: true, force: true });
  } catch (error) {
    throw asInstallError(error);
  }
  return old;
}

function modulesIn(cache: string): string[] {
  const folder = join(cache, addonsFolder);
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.node'))
        .sort()
        .map((file) => join(addonsFolder, file))
    : [];
}

/** Modules that the addons in place were made from; undefined where none is in place, so that nothing is known. */
function modulesInUse(system: System): Set<string> | undefined {
  const used = new Set<string>();
  for (const flavour of ['cpu', 'gpu'] as const) {
    const target = findTarget(flavour, system);
    const stamp = target === undefined ? undefined : readValidStamp(target, system);
    const kernels = stamp?.kernels?.builds?.map(({ file }) => file) ?? [];
    for (const file of [stamp?.cachedAddon, ...kernels]) if (file !== undefined) used.add(file);
  }
  return used.size === 0 ? undefined : used;
}
