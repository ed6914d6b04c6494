import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findPython, isPython, pythonsOnPath, type Python } from '../machine/python.js';
import type { System } from '../machine/system.js';
import { partOf } from './cache.js';
import { diskTrouble, InstallError, lastLines } from './failure.js';
import { reportProgress, sizeOf } from './progress.js';

/** The oldest pip that knows the names of the platforms that TensorFlow's wheels are made for. */
export const oldestPip = '20.3';

/**
 * The first Python on PATH whose pip can fetch TensorFlow.
 *
 * @throws {InstallError} with what the first Python lacks
 */
export async function requirePip(system: System): Promise<Python> {
  let first: Python | undefined;
  for await (const python of pythonsOnPath(system)) {
    if (hasFittingPip(python)) return python;
    if (first === undefined || (first.pip === undefined && python.pip !== undefined)) first = python;
  }
  if (first === undefined) throw await withoutPython(system);
  if (first.pip === undefined) throw withoutPip(first, system);
  throw new InstallError(
    `installRuntime: the pip of ${first.executable} is version ${first.pip}, and TensorFlow's wheels need ${oldestPip} or later`,
    `Install a newer one (\`${first.executable} -m pip install --upgrade pip\`), put another Python first on PATH, or set STARGAN_TENSORFLOW.`,
  );
}

/** Whether a Python's pip can fetch TensorFlow. */
export function hasFittingPip({ pip }: Pick<Python, 'pip'>): boolean {
  const [major = 0, minor = 0] = (pip ?? '').split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestPip.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

async function withoutPython(system: System): Promise<InstallError> {
  const probe = await findPython(system);
  if (probe === undefined || isPython(probe)) {
    return new InstallError(
      'installRuntime: there is no python3, whose pip fetches the TensorFlow library',
      'Install Python 3 with pip (Debian, Ubuntu: `apt-get install python3 python3-pip`), or set STARGAN_TENSORFLOW.',
    );
  }
  return new InstallError(
    `installRuntime: python3, whose pip fetches the TensorFlow library, does not start: ${probe.failure}`,
    'Mend it (PYTHONHOME, PYTHONPATH and a broken virtual environment are the usual causes), put another one first on PATH, or set STARGAN_TENSORFLOW.',
  );
}

function withoutPip({ executable }: Python, { env }: System): InstallError {
  const inEnvironment = env.VIRTUAL_ENV !== undefined && executable.startsWith(env.VIRTUAL_ENV);
  const system = inEnvironment ? 'leave the virtual environment (`deactivate`)' : 'Debian, Ubuntu: `apt-get install python3-pip`';
  return new InstallError(
    `installRuntime: ${executable} has no pip, which fetches the TensorFlow library`,
    `Install it (${system}; or \`${executable} -m ensurepip\`), or set STARGAN_TENSORFLOW.`,
  );
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

/** How far a download of several wheels is. */
export interface DownloadState {
  /** Bytes of the wheels that are there already. */
  readonly before: number;
  /** Bytes of all of them, about. */
  readonly total: number;
}

/**
 * Downloads one wheel into a folder, with pip's scratch files beside it, and reports how much has arrived.
 *
 * @throws {InstallError} with pip's last lines, and what they mean
 */
export async function downloadWheel(
  python: Python,
  requirement: string,
  folder: string,
  { before, total }: DownloadState,
  setting: { system: System; cache: string; log: string; onProgress: (line: string) => void },
): Promise<void> {
  const { system, cache, log, onProgress } = setting;
  const scratch = partOf(join(cache, 'pip'));
  mkdirSync(scratch, { recursive: true });
  const stop = reportProgress(() => before + Math.max(sizeOf(scratch), sizeOf(folder)), total, onProgress, { before });
  const args = ['download', '--no-deps', '--dest', folder, ...wheelSelection(python, system.arch), requirement];
  try {
    const result = await system.run(
      python.executable,
      [...python.flags, '-m', 'pip', ...args, '--no-input', '--disable-pip-version-check', '--no-cache-dir', '--progress-bar', 'off'],
      // Nothing is installed, so pip's refusal to install outside a virtual environment has no place here.
      { cwd: cache, env: { ...system.env, TMPDIR: scratch, PIP_REQUIRE_VIRTUALENV: '0' }, log },
    );
    if (result.status !== 0) {
      const said = result.stderr || result.stdout;
      throw new InstallError(
        `installRuntime: pip could not fetch TensorFlow (${requirement}):\n${lastLines(said)}`,
        `${remedyFor(`${result.stdout}\n${result.stderr}`, python)} The whole output is in ${log}`,
      );
    }
  } finally {
    stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

const networkTrouble =
  /Retrying|Max retries|NewConnectionError|ConnectionError|ConnectTimeout|ReadTimeout|Read timed out|ProxyError|name resolution|Could not fetch URL|Connection (?:refused|reset)|Network is unreachable/i;

/** What pip's output says to do. */
function remedyFor(output: string, { executable, version }: Python): string {
  const trouble = diskTrouble(output);
  if (trouble !== undefined) return `pip says that ${trouble.what}. ${trouble.remedy}`;
  if (/CERTIFICATE_VERIFY_FAILED|SSLError/.test(output))
    return 'The certificate of the package index is not trusted here: name the authority with PIP_CERT, or another index with PIP_INDEX_URL.';
  if (networkTrouble.test(output))
    return 'Is this machine offline? Install again with a connection (PIP_INDEX_URL names a mirror), or set STARGAN_TENSORFLOW.';
  if (output.includes('No matching distribution')) {
    const unreachable = output.includes('from versions: none') ? ', or cannot be reached' : '';
    return `The package index that pip asks has no wheel of it for Python ${version} (${executable}) and this machine${unreachable}: name another with PIP_INDEX_URL, or set STARGAN_TENSORFLOW.`;
  }
  return 'Mend what pip names and install again, or set STARGAN_TENSORFLOW.';
}
