import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findPython, type Python } from '../machine/python.js';
import type { System } from '../machine/system.js';
import { partOf } from './cache.js';
import { InstallError, lastLines } from './failure.js';

const progressEveryMs = 5_000;

/** @throws {InstallError} when there is no Python 3 or it has no pip */
export async function requirePip(system: System): Promise<Python> {
  const python = await findPython(system);
  if (python === undefined) {
    throw new InstallError(
      'installRuntime: there is no python3, whose pip fetches the TensorFlow library',
      'Install Python 3 with pip (Debian, Ubuntu: `apt-get install python3 python3-pip`), or set STARGAN_TENSORFLOW.',
    );
  }
  if (!python.pip) {
    throw new InstallError(
      `installRuntime: ${python.executable} has no pip, which fetches the TensorFlow library`,
      `Install it (Debian, Ubuntu: \`apt-get install python3-pip\`; elsewhere \`${python.executable} -m ensurepip\`), or set STARGAN_TENSORFLOW.`,
    );
  }
  return python;
}

// TensorFlow's wheels differ per Python only in modules that are not used here, so a Python for which there is
// none takes the wheel of another.
export function wheelSelection(python: Python, arch: string): string[] {
  const [, minor = 0] = python.version.split('.').map(Number);
  if (minor >= 10 && minor <= 13) return ['--only-binary=:all:'];
  const machine = arch === 'arm64' ? 'aarch64' : 'x86_64';
  const platforms = ['manylinux_2_27', 'manylinux_2_28', 'manylinux_2_17', 'manylinux2014', 'manylinux1'];
  return [
    '--only-binary=:all:',
    '--implementation=cp',
    '--python-version=3.12',
    ...platforms.map((platform) => `--platform=${platform}_${machine}`),
  ];
}

/**
 * Runs pip in the cache folder, with its scratch files there too, and reports how much has arrived.
 *
 * @throws {InstallError} with pip's last lines
 */
export async function runPip(
  python: Python,
  args: readonly string[],
  setting: { system: System; cache: string; log: string; onProgress: (line: string) => void },
): Promise<void> {
  const { system, cache, log, onProgress } = setting;
  const scratch = partOf(join(cache, 'pip'));
  mkdirSync(scratch, { recursive: true });
  let reported = 0;
  const timer = setInterval(() => {
    const megabytes = Math.round(sizeOf(scratch) / 1e6);
    if (megabytes >= reported + 20) onProgress(`  ${String(megabytes)} MB so far`);
    reported = Math.max(reported, megabytes);
  }, progressEveryMs);
  try {
    const result = await system.run(
      python.executable,
      ['-m', 'pip', ...args, '--no-input', '--disable-pip-version-check', '--no-cache-dir', '--progress-bar', 'off'],
      { cwd: cache, env: { ...system.env, TMPDIR: scratch }, log },
    );
    if (result.status !== 0) {
      throw new InstallError(
        `installRuntime: pip could not fetch TensorFlow:\n${lastLines(result.stderr || result.stdout)}`,
        `Is this machine offline? Install again with a connection (PIP_INDEX_URL names a mirror), or set STARGAN_TENSORFLOW. The whole output is in ${log}`,
      );
    }
  } finally {
    clearInterval(timer);
    rmSync(scratch, { recursive: true, force: true });
  }
}

function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
