import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { System } from '../machine/system.js';
import type { ResolvedPackage } from '../resolve-package.js';
import { addonPath, type Flavour } from './paths.js';
import type { KernelsStamp } from './kernels-stamp.js';
import { writeSynced } from './synced.js';
import { changedFile, type LibrarySizes } from './tensorflow-library.js';

/** Written beside an addon once it was verified. */
export interface AddonStamp {
  readonly flavour: Flavour;
  readonly tensorflow: string;
  readonly gpu: boolean;
  /** SHA-256 of the addon. */
  readonly addon: string;
  /** The file in the cache that it is a copy of; absent for an addon that was there before. */
  readonly cachedAddon?: string;
  /** What of ours it was compiled from; absent for an addon that was there before. */
  readonly ownSources?: string;
  /** Library that it was built on and the sizes of its files; absent for an addon that was there before. */
  readonly library?: { readonly folder: string; readonly sizes?: LibrarySizes };
  /** Absent for an addon that was there before: its library has no headers of a known place. */
  readonly kernels?: KernelsStamp;
  /** `STARGAN_TENSORFLOW` at that time. */
  readonly requested?: string;
  /** State of a card on which the GPU runtime does not work. */
  readonly refusedCard?: string;
  /** C library that it was compiled for. */
  readonly libc?: string;
}

export function addonHash(target: ResolvedPackage): string {
  return createHash('sha256')
    .update(readFileSync(addonPath(target)))
    .digest('hex');
}

export async function writeStamp(target: ResolvedPackage, stamp: AddonStamp): Promise<void> {
  await writeSynced(stampPath(target), `${JSON.stringify(stamp, undefined, 2)}\n`);
}

/** The stamp of an addon that is in place and still the one that was verified, with its library still there and whole. */
export function readValidStamp(target: ResolvedPackage, system: System): AddonStamp | undefined {
  const stamp = readStamp(target);
  if (stamp === undefined || stamp.libc !== system.libc) return undefined;
  // Node-API is the same in every Node.js from the one that it was compiled for, so that Node.js' version does not count.
  if (!existsSync(addonPath(target)) || stamp.addon !== addonHash(target)) return undefined;
  if (stamp.library !== undefined && stamp.library.sizes === undefined) return undefined;
  return libraryFault(target) === undefined ? stamp : undefined;
}

/** What keeps the library of an addon in place from being loaded; undefined where nothing is known to. */
export function libraryFault(target: ResolvedPackage): string | undefined {
  const stamp = readStamp(target);
  // An addon that came after the stamp has a library of its own.
  if (stamp?.library === undefined || !existsSync(addonPath(target)) || stamp.addon !== addonHash(target)) return undefined;
  return changedFile(stamp.library.folder, stamp.library.sizes ?? {});
}

function readStamp(target: ResolvedPackage): AddonStamp | undefined {
  try {
    return JSON.parse(readFileSync(stampPath(target), 'utf8')) as AddonStamp;
  } catch {
    return undefined;
  }
}

/**
 * Puts an addon where tfjs-node looks for it.
 *
 * @returns a function that puts back what was there before
 */
export async function placeAddon(target: ResolvedPackage, addon: string): Promise<() => Promise<void>> {
  const path = addonPath(target);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(stampPath(target), { force: true });
  const previous = existsSync(path) ? readFileSync(path) : undefined;
  // A running program keeps the old file; writing into it would crash that program.
  await writeSynced(path, readFileSync(addon), 0o755);
  return async () => {
    if (previous === undefined) rmSync(path, { force: true });
    else await writeSynced(path, previous, 0o755);
  };
}

function stampPath(target: ResolvedPackage): string {
  return join(dirname(addonPath(target)), 'stargan.json');
}
