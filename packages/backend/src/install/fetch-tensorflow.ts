import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { System } from '../machine/system.js';
import { partOf } from './cache.js';
import { InstallError, lastLines } from './failure.js';
import { tensorflowVersion, type Flavour } from './paths.js';
import { requirePip, runPip, wheelSelection } from './pip.js';
import { readLibrary, type TensorflowLibrary } from './tensorflow-library.js';

export interface Setting {
  readonly system: System;
  readonly cache: string;
  readonly log: string;
  readonly onProgress: (line: string) => void;
}

const gigabyte = 1e9;
const needBytes: Record<Flavour, number> = { cpu: 3 * gigabyte, gpu: 8 * gigabyte };
const stampName = 'stamp.json';
const extractWheel = fileURLToPath(new URL('../../bin/extract-wheel.py', import.meta.url));

/**
 * TensorFlow in the cache, fetched with pip where it is not there yet. Everything is written aside, stamped and
 * renamed, so that what an interrupted run leaves is never taken for a whole library.
 *
 * @throws {InstallError} without python3, pip, disk space or a connection
 */
export async function fetchTensorflow(flavour: Flavour, setting: Setting): Promise<TensorflowLibrary> {
  const name = `tensorflow-${flavour}-${tensorflowVersion}-${setting.system.arch}`;
  const home = join(setting.cache, name);
  const folder = join(home, 'tensorflow');
  if (!existsSync(join(home, stampName)) || 'refusal' in readLibrary(folder, home)) {
    rmSync(home, { recursive: true, force: true });
    await requireSpace(flavour, setting);
    const part = partOf(home);
    mkdirSync(part, { recursive: true });
    if (flavour === 'gpu') await installWithCuda(part, setting);
    else await downloadLibrary(part, join(setting.cache, `${name}.wheel`), setting);
    writeFileSync(join(part, stampName), JSON.stringify({ tensorflow: tensorflowVersion, flavour }));
    renameSync(part, home);
  }
  return { folder, version: tensorflowVersion, cuda: flavour === 'gpu', origin: 'the cache' };
}

async function requireSpace(flavour: Flavour, { system, cache }: Setting): Promise<void> {
  const free = await system.freeBytes(cache);
  if (free >= needBytes[flavour]) return;
  throw new InstallError(
    `installRuntime: ${cache} has ${(free / gigabyte).toFixed(1)} GB free, and the ${flavour} library needs ${String(needBytes[flavour] / gigabyte)} GB`,
    'Free some space, or name a folder on a larger disk with STARGAN_CACHE_DIR.',
  );
}

async function downloadLibrary(part: string, wheelFolder: string, setting: Setting): Promise<void> {
  const { system, onProgress, log } = setting;
  const python = await requirePip(system);
  if (!existsSync(wheelFolder)) {
    onProgress(`downloading the TensorFlow ${tensorflowVersion} library (about 270 MB)`);
    const download = partOf(wheelFolder);
    // For Arm there is one wheel only, without CUDA and under the plain name.
    const name = system.arch === 'arm64' ? 'tensorflow' : 'tensorflow-cpu';
    const requirement = `${name}==${tensorflowVersion}`;
    const selection = wheelSelection(python, system.arch);
    await runPip(python, ['download', '--no-deps', '--dest', download, ...selection, requirement], setting);
    renameSync(download, wheelFolder);
  }
  onProgress('extracting the library and its headers (1.1 GB)');
  const wheel = readdirSync(wheelFolder).find((file) => file.endsWith('.whl')) ?? 'no wheel';
  const result = await system.run(python.executable, [extractWheel, join(wheelFolder, wheel), part], { log });
  // A wheel that cannot be read is of no use to the next try either.
  rmSync(wheelFolder, { recursive: true, force: true });
  if (result.status !== 0) {
    throw new InstallError(
      `installRuntime: the TensorFlow wheel could not be extracted:\n${lastLines(result.stderr)}`,
      `Install again to download it anew. The whole output is in ${log}`,
    );
  }
}

// The libraries find CUDA in pip's layout, nvidia/*/lib beside tensorflow, so everything goes into one folder.
async function installWithCuda(part: string, setting: Setting): Promise<void> {
  const python = await requirePip(setting.system);
  setting.onProgress(`downloading TensorFlow ${tensorflowVersion} with CUDA (about 4 GB)`);
  const requirement = `tensorflow[and-cuda]==${tensorflowVersion}`;
  const selection = wheelSelection(python, setting.system.arch);
  await runPip(python, ['install', '--target', part, ...selection, requirement], setting);
}
