import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ResolvedPackage } from '../resolve-package.js';
import { partOf } from './cache.js';
import { addonPath, type Flavour } from './paths.js';
import type { KernelsStamp } from './compile-kernels.js';
import { librarySize } from './tensorflow-library.js';

/** Written beside an addon once it was verified. */
export interface AddonStamp {
  readonly flavour: Flavour;
  readonly tensorflow: string;
  readonly gpu: boolean;
  /** SHA-256 of the addon. */
  readonly addon: string;
  /** Library that it was built on and its size in bytes; absent for an addon that was there before. */
  readonly library?: { readonly folder: string; readonly bytes: number | undefined };
  /** Absent for an addon that was there before: its library has no headers of a known place. */
  readonly kernels?: KernelsStamp;
  /** `STARGAN_TENSORFLOW` at that time. */
  readonly requested?: string;
  /** Driver of a card on which the GPU runtime could not be installed. */
  readonly refusedDriver?: string;
  /** Node.js' module version. */
  readonly modules: string;
}

export function addonHash(target: ResolvedPackage): string {
  return createHash('sha256').update(readFileSync(addonPath(target))).digest('hex');
}

export function writeStamp(target: ResolvedPackage, stamp: AddonStamp): void {
  const path = stampPath(target);
  const part = partOf(path);
  writeFileSync(part, `${JSON.stringify(stamp, undefined, 2)}\n`);
  renameSync(part, path);
}

/** The stamp of an addon that is in place and still the one that was verified, with its library still there. */
export function readValidStamp(target: ResolvedPackage): AddonStamp | undefined {
  if (!existsSync(stampPath(target)) || !existsSync(addonPath(target))) return undefined;
  let stamp: AddonStamp;
  try {
    stamp = JSON.parse(readFileSync(stampPath(target), 'utf8')) as AddonStamp;
  } catch {
    return undefined;
  }
  const libraryThere = stamp.library === undefined || librarySize(stamp.library.folder) === stamp.library.bytes;
  const same = stamp.addon === addonHash(target) && stamp.modules === process.versions.modules;
  return same && libraryThere ? stamp : undefined;
}

/**
 * Puts an addon where tfjs-node looks for it.
 *
 * @returns a function that puts back what was there before
 */
export function placeAddon(target: ResolvedPackage, addon: string): () => void {
  const path = addonPath(target);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(stampPath(target), { force: true });
  const previous = existsSync(path) ? readFileSync(path) : undefined;
  replace(path, (part) => {
    copyFileSync(addon, part);
  });
  return () => {
    if (previous === undefined) rmSync(path, { force: true });
    else replace(path, (part) => { writeFileSync(part, previous, { mode: 0o755 }); });
  };
}

// A running program keeps the old file; writing into it would crash that program.
function replace(path: string, write: (part: string) => void): void {
  const part = partOf(path);
  write(part);
  renameSync(part, path);
}

function stampPath(target: ResolvedPackage): string {
  return join(dirname(addonPath(target)), 'stargan.json');
}
