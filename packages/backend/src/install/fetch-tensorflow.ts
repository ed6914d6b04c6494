import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renameDurably } from '@stargan/checkpoints';
import type { Python } from '../machine/python.js';
import type { System } from '../machine/system.js';
import { downloadsFolder, partOf } from './cache.js';
import { diskTrouble, InstallError, lastLines } from './failure.js';
import { tensorflowVersion, type Flavour } from './paths.js';
import { downloadWheel, requirePip } from './pip.js';
import { sizeOf } from './progress.js';
import { writeSynced } from './synced.js';
import { readLibrary, type TensorflowLibrary } from './tensorflow-library.js';

export interface Setting {
  readonly system: System;
  readonly cache: string;
  readonly log: string;
  readonly onProgress: (line: string) => void;
}

/** Bytes of a flavour's wheels, of its library once extracted, and of the largest wheel, which pip holds twice for a moment. */
interface Sizes {
  readonly wheels: number;
  readonly library: number;
  readonly largest: number;
}

const gigabyte = 1e9;
const sizes: Record<Flavour, Sizes> = {
  cpu: { wheels: 0.275 * gigabyte, library: 1.2 * gigabyte, largest: 0.27 * gigabyte },
  gpu: { wheels: 3.4 * gigabyte, library: 6.2 * gigabyte, largest: 1 * gigabyte },
};
const stampName = 'stamp.json';
const script = (name: string): string => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));

/** Beside a library in the cache: what was put there. */
interface LibraryStamp {
  readonly tensorflow: string;
  readonly flavour: Flavour;
  /** Bytes of all its files; absent in stamps of earlier versions. */
  readonly bytes?: number;
}

/** Where the cache has the library of a flavour. */
function libraryHome(flavour: Flavour, cache: string, arch: string): string {
  return join(cache, `tensorflow-${flavour}-${tensorflowVersion}-${arch}`);
}

/**
 * TensorFlow in the cache, fetched with pip where it is not there, is not whole, or `anew`. Everything is written aside,
 * stamped and renamed, so that what an interrupted run leaves is never taken for a whole library; wheels that have
 * arrived are kept for the next try.
 *
 * @throws {InstallError} without python3, pip, disk space or a connection
 */
export async function fetchTensorflow(flavour: Flavour, anew: boolean, setting: Setting): Promise<TensorflowLibrary> {
  const home = libraryHome(flavour, setting.cache, setting.system.arch);
  const folder = join(home, 'tensorflow');
  const fault = existsSync(home) ? faultOf(home) : undefined;
  if (fault !== undefined && !anew) setting.onProgress(`fetching the TensorFlow library in the cache again: ${fault}`);
  if (anew || fault !== undefined || !existsSync(home)) {
    const downloads = join(setting.cache, downloadsFolder);
    if (anew) await rm(downloads, { recursive: true, force: true });
    await requireSpace(flavour, downloads, setting);
    const python = await requirePip(setting.system);
    const wheels = await downloadWheels(flavour, python, downloads, setting);
    const part = partOf(home);
    mkdirSync(part, { recursive: true });
    await extract(flavour, python, wheels, part, setting);
    const stamp: LibraryStamp = { tensorflow: tensorflowVersion, flavour, bytes: sizeOf(part) };
    await writeSynced(join(part, stampName), JSON.stringify(stamp));
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
    await renameDurably(part, home);
    await rm(downloads, { recursive: true, force: true });
  }
  return { folder, version: tensorflowVersion, cuda: flavour === 'gpu', origin: 'the cache' };
}

/** Why a library in the cache is not whole. */
function faultOf(home: string): string | undefined {
  const library = readLibrary(join(home, 'tensorflow'), home);
  if ('refusal' in library) return library.refusal;
  try {
    const stamp = readFileSync(join(home, stampName));
    const { bytes } = JSON.parse(stamp.toString()) as LibraryStamp;
    const present = sizeOf(home) - stamp.length;
    return bytes === undefined || bytes === present ? undefined : `${home} has ${String(present)} bytes instead of ${String(bytes)}`;
  } catch {
    return `${home} has no stamp`;
  }
}

async function requireSpace(flavour: Flavour, downloads: string, { system, cache }: Setting): Promise<void> {
  const { wheels, library, largest } = sizes[flavour];
  const need = Math.max(0, wheels - sizeOf(downloads)) + library + largest;
  const free = await system.freeBytes(cache);
  if (free >= need) return;
  throw new InstallError(
    `installRuntime: ${cache} has ${(free / gigabyte).toFixed(1)} GB free, and the ${flavour} library needs ${(need / gigabyte).toFixed(1)} GB, wheels and library together`,
    'Free some space, or name a folder on a larger disk with STARGAN_CACHE_DIR.',
  );
}

/** The wheels of a flavour; those that are there from an earlier try are not fetched again. */
async function downloadWheels(flavour: Flavour, python: Python, downloads: string, setting: Setting): Promise<string[]> {
  const { system, onProgress } = setting;
  const megabytes = String(Math.round(sizes[flavour].wheels / 1e6));
  const kept = sizeOf(downloads);
  onProgress(
    `downloading TensorFlow ${tensorflowVersion}${flavour === 'gpu' ? ' with CUDA' : ''} (about ${megabytes} MB${kept > 0 ? `, of which ${String(Math.round(kept / 1e6))} are there` : ''})`,
  );
  // For Arm there is one wheel only, without CUDA and under the plain name.
  const name = flavour === 'gpu' || system.arch === 'arm64' ? 'tensorflow' : 'tensorflow-cpu';
  const main = await wheelOf(`${name}==${tensorflowVersion}`, flavour, python, downloads, setting);
  if (flavour === 'cpu') return [main];
  const wheels = [main];
  const listed = await system.run(python.executable, [...python.flags, script('wheel-requirements.py'), main, 'and-cuda'], {
    log: setting.log,
  });
  const requirements = listed.stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (listed.status !== 0 || requirements.length === 0) throw unreadable(main, listed.stderr, setting);
  for (const requirement of requirements) wheels.push(await wheelOf(requirement, flavour, python, downloads, setting));
  return wheels;
}

/** Path of the wheel of one requirement. */
async function wheelOf(requirement: string, flavour: Flavour, python: Python, downloads: string, setting: Setting): Promise<string> {
  const folder = join(downloads, `${requirement.replace(/[^\w.-]+/g, '_')}-${setting.system.arch}`);
  if (!existsSync(folder)) {
    const part = partOf(folder);
    mkdirSync(part, { recursive: true });
    await downloadWheel(python, requirement, part, { before: sizeOf(downloads), total: sizes[flavour].wheels }, setting);
    await renameDurably(part, folder);
  }
  const wheel = readdirSync(folder).find((file) => file.endsWith('.whl'));
  if (wheel !== undefined) return join(folder, wheel);
  throw unreadable(folder, 'there is no wheel in it', setting);
}

// The libraries find CUDA in pip's layout, nvidia/*/lib beside tensorflow, so everything goes into one folder.
async function extract(flavour: Flavour, python: Python, wheels: readonly string[], part: string, setting: Setting): Promise<void> {
  setting.onProgress(`extracting the library and its headers (${(sizes[flavour].library / gigabyte).toFixed(1)} GB)`);
  for (const wheel of wheels) {
    const result = await setting.system.run(python.executable, [...python.flags, script('extract-wheel.py'), wheel, part], {
      log: setting.log,
    });
    if (result.status !== 0) throw unreadable(wheel, result.stderr, setting);
  }
}

function unreadable(wheel: string, said: string, { log }: Setting): InstallError {
  const trouble = diskTrouble(said);
  if (trouble !== undefined)
    return new InstallError(
      `installRuntime: ${wheel} could not be extracted, ${trouble.what}`,
      `${trouble.remedy} The whole output is in ${log}`,
    );
  // A wheel that cannot be read is of no use to the next try either.
  rmSync(wheel.endsWith('.whl') ? join(wheel, '..') : wheel, { recursive: true, force: true });
  return new InstallError(
    `installRuntime: the wheel ${wheel} could not be extracted:\n${lastLines(said)}`,
    `Install again to download it anew. The whole output is in ${log}`,
  );
}
