import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { isRunning, thisProcess, type ProcessIdentity } from './process-identity.js';

/** A folder, held by this process alone. */
export interface FolderLock {
  /**
   * Makes sure that the folder is still this process's; call it before something is written that another process may not lose.
   *
   * @throws {Error} when another process has taken the folder over, so that nothing may be written to it any more
   */
  requireHeld(): Promise<void>;
  /** Releases the folder. */
  release(): Promise<void>;
}

/** Options of {@link lockFolder}. */
export interface LockOptions {
  /** Name of the lock in the folder. Default `folder.lock`. */
  readonly name?: string;
  /** What messages say between the folder and the process that holds it. Default `is in use by`. */
  readonly heldBy?: string;
  /** What messages advise besides waiting. Default `use another folder`. */
  readonly alternative?: string;
  /** The process that takes the lock. Default this one. */
  readonly here?: ProcessIdentity;
}

/** A folder that another process holds, or may hold. */
export class FolderHeldError extends Error {
  /** Tells it apart from other errors, also where two copies of the package are loaded. */
  override readonly name = 'FolderHeldError';
}

/** What a lock says about its holder. */
interface Holder extends ProcessIdentity {
  readonly formatVersion: 1;
  /** Tells this lock from any other. */
  readonly token: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** A lock as it is taken: the file, what it will hold, and how others are told. */
interface Taking extends Required<Omit<LockOptions, 'name'>> {
  readonly file: string;
  readonly mine: Holder;
}

/** Seconds between two signs of life. */
const BEAT_SECONDS = 10;

/** Silence after which a holder that cannot be checked counts as dead: network disks may show changes a minute late. */
const SILENCE_SECONDS = 180;

/** More than enough time to replace a lock. */
const TAKING_SECONDS = 30;

/** Rewrites the file's first byte: its modification time is then that of the disk's own clock, which others see, too. */
const BEAT = `
const { workerData: { file, seconds } } = require('node:worker_threads');
const { closeSync, openSync, writeSync } = require('node:fs');
setInterval(() => {
  try {
    const handle = openSync(file, 'r+');
    try { writeSync(handle, '{', 0); } finally { closeSync(handle); }
  } catch {}
}, 1000 * seconds);
`;

/**
 * Locks a folder for this process: a file in it names the process, its machine and the time. A lock that a killed process
 * left behind is recognised and taken over: by looking the process up where that is possible, else (another machine or
 * container) by minutes without a sign of life.
 *
 * @param folder that is locked; it exists
 * @param options the lock's name, and what messages say
 * @throws {FolderHeldError} naming the process that holds the folder
 * @throws {Error} when the folder cannot be written to
 */
export async function lockFolder(
  folder: string,
  { name = 'folder.lock', heldBy = 'is in use by', alternative = 'use another folder', here = thisProcess() }: LockOptions = {},
): Promise<FolderLock> {
  const file = path.join(folder, name);
  const mine: Holder = { formatVersion: 1, token: randomUUID(), since: new Date().toISOString(), ...here };
  const taking: Taking = { file, mine, heldBy, alternative, here };
  await take(taking);
  // A thread of its own, since a computation may block this one for minutes.
  const beat = new Worker(BEAT, { eval: true, execArgv: [], workerData: { file: path.resolve(file), seconds: BEAT_SECONDS } });
  beat.on('error', () => undefined);
  beat.unref();
  return {
    async requireHeld() {
      const found = await readHolder(file);
      if (found === 'absent') await createLock(taking).catch(() => false);
      else if (found !== undefined && found.token !== mine.token) {
        throw new Error(`${file}: ${describe(found)} has taken the folder over; this process writes nothing more to it`);
      }
    },
    async release() {
      await beat.terminate();
      const found = await readHolder(file);
      if (typeof found === 'object' && found.token === mine.token) await rm(file, { force: true }).catch(() => undefined);
    },
  };
}

/**
 * Whether a process holds a folder: by looking it up where that is possible, else by its signs of life. Nothing is written.
 *
 * @param folder that may be locked
 * @param options the lock's name, and the process that asks
 */
export async function isFolderHeld(
  folder: string,
  { name = 'folder.lock', here = thisProcess() }: Pick<LockOptions, 'name' | 'here'> = {},
): Promise<boolean> {
  const file = path.join(folder, name);
  const found = await readHolder(file);
  if (found === 'absent') return false;
  const running = found === undefined ? undefined : isRunning(found, here);
  if (running !== undefined) return running;
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs <= 1000 * SILENCE_SECONDS;
}

const describe = ({ pid, host, since }: Holder): string => `process ${pid} on ${host} (since ${since})`;

/** Seconds as `42s` or `3m10s`. */
function describeSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${`${whole % 60}`.padStart(2, '0')}s`;
}

async function take(taking: Taking): Promise<void> {
  const { file, mine, alternative } = taking;
  // A holder may leave, or a lock be replaced, while it is examined: then try again.
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await createLock(taking)) return;
    const found = await readHolder(file);
    if (found === 'absent') continue;
    const silence = await secondsOfSilence(file);
    if (silence === undefined) continue;
    requireDead(taking, found, silence);
    if (await replaceLock(file, found, mine)) return;
  }
  throw new Error(`${file} keeps changing: other processes want the same folder; end them, or ${alternative}`);
}

/** @throws FolderHeldError where the holder may be alive */
function requireDead({ file, heldBy, alternative, here }: Taking, found: Holder | undefined, silence: number): void {
  const running = found === undefined ? undefined : isRunning(found, here);
  if (running === false || (running === undefined && silence > SILENCE_SECONDS)) return;
  const folder = path.dirname(file);
  if (found === undefined)
    throw new FolderHeldError(`${folder} is held by a lock that cannot be read; remove ${file} when no process uses the folder`);
  const remedy = `wait for it to end, or ${alternative}`;
  if (running === true) throw new FolderHeldError(`${folder} ${heldBy} ${describe(found)}; ${remedy}`);
  throw new FolderHeldError(
    `${folder} ${heldBy} ${describe(found)}, whose last sign of life is ${describeSeconds(silence)} old; ${remedy}; ` +
      `if it was killed, try again ${describeSeconds(SILENCE_SECONDS)} after that sign, or remove ${file}`,
  );
}

/** Creates the lock with its content in one step. @returns false when there is one already */
async function createLock({ file, mine, alternative }: Pick<Taking, 'file' | 'mine' | 'alternative'>): Promise<boolean> {
  const aside = `${file}.${mine.token}`;
  try {
    await writeSynced(aside, mine, 'w');
    await link(aside, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // Disks without hard links, such as exFAT.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return createExclusively(file, mine);
    throw new Error(`${path.dirname(file)} cannot be locked: ${(error as Error).message}; make room, or ${alternative}`, { cause: error });
  } finally {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}

/** Writes a lock and waits until it is on the disk, so that a power cut leaves none that cannot be read. */
async function writeSynced(file: string, mine: Holder, flags: 'w' | 'wx'): Promise<void> {
  const handle = await open(file, flags);
  try {
    await handle.writeFile(`${JSON.stringify(mine)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function createExclusively(file: string, mine: Holder): Promise<boolean> {
  try {
    await writeSynced(file, mine, 'wx');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Replaces the lock of a dead holder. Of several processes that found the same one, the file beside it lets one at a time
 * do so, and the others see that the dead one's lock is gone.
 *
 * @returns false when another process came first, or is about to
 */
async function replaceLock(file: string, dead: Holder | undefined, mine: Holder): Promise<boolean> {
  const taking = `${file}.taking`;
  if (!(await createExclusively(taking, mine))) {
    // One that was killed meanwhile must not keep the others out forever.
    if (((await secondsOfSilence(taking)) ?? 0) > TAKING_SECONDS) await rm(taking, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
    return false;
  }
  const aside = `${file}.${mine.token}`;
  try {
    const found = await readHolder(file);
    if (found === 'absent' || found?.token !== dead?.token) return false;
    await writeSynced(aside, mine, 'w');
    await rename(aside, file);
    return true;
  } finally {
    await rm(aside, { force: true }).catch(() => undefined);
    await rm(taking, { force: true }).catch(() => undefined);
  }
}

/** The holder of the lock; `'absent'` when there is none, undefined when it cannot be read. */
async function readHolder(file: string): Promise<Holder | 'absent' | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isHolder(found) ? found : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : undefined;
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const types: Readonly<Record<string, readonly string[]>> = {
    ...{ token: ['string'], since: ['string'], pid: ['number'], host: ['string'] },
    ...{ boot: ['string', 'undefined'], pidNamespace: ['string', 'undefined'], started: ['string', 'undefined'] },
  };
  const holder = value as Readonly<Record<string, unknown>>;
  return holder.formatVersion === 1 && Object.entries(types).every(([key, allowed]) => allowed.includes(typeof holder[key]));
}

/** Seconds since the lock was last written to, by the disk's clock; undefined when it is gone. */
async function secondsOfSilence(file: string): Promise<number | undefined> {
  const probe = `${file}.${randomUUID()}`;
  try {
    await (await open(probe, 'wx')).close();
    const [{ mtimeMs: now }, { mtimeMs: last }] = await Promise.all([stat(probe), stat(file)]);
    return Math.max(0, (now - last) / 1000);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
}
