import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { findCacheFolder } from '@stargan/checkpoints';
import { lock } from 'proper-lockfile';
import { thisSystem, type System } from '../machine/system.js';
import { InstallError } from './failure.js';

/**
 * Folder that holds what is fetched or built once, such as TensorFlow's libraries: `STARGAN_CACHE_DIR`, else `stargan`
 * in the user's cache.
 *
 * @param system what is asked of the machine, this one by default; tests give one of their own
 * @throws {InstallError} where nothing names a folder and the user has no home
 */
export function cacheRoot(system: System = thisSystem()): string {
  const folder = findCacheFolder(system);
  if (folder !== undefined) return folder;
  throw new InstallError('there is no place for the cache: this user has no home folder', 'Name a folder with STARGAN_CACHE_DIR.');
}

/** Folder in the cache that holds the addons. */
export const addonsFolder = 'addons';

/** Folder in the cache that holds wheels until the library that they bring is whole. */
export const downloadsFolder = 'downloads';

const partMark = '.part-';

/**
 * A name beside `path` to write to before renaming. It differs in every run, since a program that outlived a killed
 * installation may still be writing to the old one.
 */
export function partOf(path: string): string {
  return `${path}${partMark}${String(process.pid)}-${randomBytes(3).toString('hex')}`;
}

/** Removes what interrupted installations left in `folder`. */
export function sweepParts(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name.includes(partMark)) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    else if (entry.name === addonsFolder || entry.name === downloadsFolder) sweepParts(path);
  }
}

/**
 * Runs `action` while no other process holds the cache. Waits for another installation; a lock whose owner was killed
 * is free at once on the owner's machine, and elsewhere after a minute.
 */
export async function withLock<Result>(folder: string, onWait: () => void, action: () => Promise<Result>): Promise<Result> {
  mkdirSync(folder, { recursive: true });
  const release = await acquire(folder, onWait);
  try {
    return await action();
  } finally {
    rmSync(ownerOf(folder), { force: true });
    await release().catch(() => undefined);
  }
}

const ownerOf = (folder: string): string => join(folder, 'install.owner');

async function acquire(folder: string, onWait: () => void): Promise<() => Promise<void>> {
  const lockfilePath = join(folder, 'install.lock');
  // A disk so busy that the lock is not kept fresh in time is no reason to end: what is written is written aside anyway.
  const options = { lockfilePath, stale: 60_000, update: 5_000, onCompromised: () => undefined };
  const deadline = Date.now() + 60 * 60_000;
  for (let tries = 0; ; tries++) {
    try {
      const release = await lock(folder, options);
      writeFileSync(ownerOf(folder), `${String(process.pid)} ${hostname()}`);
      return release;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (ownerIsGone(folder)) {
        rmSync(ownerOf(folder), { force: true });
        rmSync(lockfilePath, { recursive: true, force: true });
        continue;
      }
      if (Date.now() > deadline) {
        throw new InstallError(
          'installRuntime: another installation has held the lock for an hour',
          `End it, or remove ${lockfilePath}, and install again.`,
        );
      }
      if (tries === 0) onWait();
      await new Promise((wake) => setTimeout(wake, 500));
    }
  }
}

/** Whether the process that holds the lock was one of this machine, and has ended. */
function ownerIsGone(folder: string): boolean {
  try {
    const [pid = '', host = ''] = readFileSync(ownerOf(folder), 'utf8').split(' ');
    if (host !== hostname() || !/^\d+$/.test(pid)) return false;
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
