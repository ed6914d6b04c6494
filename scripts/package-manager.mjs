import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Installs with pnpm, which npx fetches. Two first starts at once would have npx fetch it into one folder at the same
 * time, which npm before version 11 does not survive, so it is fetched under a lock; where that fails all the same, once
 * more into a folder of this repository.
 *
 * @param {object} setting
 * @param {string} setting.packageManager as in `pnpm@12.21.0`
 * @param {string} setting.root folder of the repository
 * @param {(args: string[], env: Record<string, string>) => Promise<{ code: number, said: string }>} setting.npx runs npx
 * @param {<T>(action: () => Promise<T>) => Promise<T>} [setting.locked] keeps others from doing the same meanwhile
 * @returns {Promise<{ code: number, why: string }>} its exit code, and for people why it is not 0
 */
export async function installWith({ packageManager, root, npx, locked = underLock }) {
  // CI keeps pnpm from asking before it replaces a node_modules folder that it did not make.
  let env = { CI: 'true' };
  const fetched = await locked(() => npx(['--yes', packageManager, '--version'], env));
  if (fetched.code !== 0) {
    const own = join(root, 'node_modules', '.cache', 'npm');
    const again = await locked(() => npx(['--yes', packageManager, '--version'], { ...env, npm_config_cache: own }));
    if (again.code !== 0) return { code: again.code, why: reasonOf(again.said, packageManager) };
    env = { ...env, npm_config_cache: own };
  }
  const { code, said } = await npx(['--yes', packageManager, 'install', '--frozen-lockfile'], env);
  return { code, why: code === 0 ? '' : reasonOf(said, packageManager) };
}

const REASONS = [
  [
    /ENOSPC|EDQUOT|No space left|Disk quota/i,
    'the disk is full: free some space, or name other folders for npm and pnpm (npm_config_cache, XDG_DATA_HOME, XDG_CACHE_HOME)',
  ],
  [
    /EROFS|Read-only file system/i,
    'a file system is read-only: make it writable, or name other folders for npm and pnpm (npm_config_cache, XDG_DATA_HOME, XDG_CACHE_HOME)',
  ],
  [
    /EACCES|EPERM|Permission denied|Operation not permitted/i,
    'this user may not write where npm or pnpm keep their files (named above): give the folder to this user (`chown`), or name others (npm_config_cache, XDG_DATA_HOME, XDG_CACHE_HOME)',
  ],
  [
    /self.signed certificate|UNABLE_TO_(?:GET|VERIFY)|CERT_/i,
    'the certificate of the registry is not trusted here: name the authority with NODE_EXTRA_CA_CERTS',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|network|fetch failed|FETCH_ERROR|ERR_PNPM_META_FETCH_FAIL/i,
    'is this machine offline?',
  ],
  [/ERR_PNPM_OUTDATED_LOCKFILE/, 'package.json and pnpm-lock.yaml do not fit together: `npx pnpm install` brings the second up to date'],
];

/** What the output of npx and pnpm says about a failure. */
export function reasonOf(said, packageManager) {
  const reason = REASONS.find(([pattern]) => pattern.test(said))?.[1] ?? 'the reason stands above';
  return `${packageManager} could not install the dependencies: ${reason}`;
}

const WAIT_MS = 200;
const PATIENCE_MS = 5 * 60_000;

/** Does something while no other set-up of this user does the same; without a place for a lock, without one. */
export async function underLock(
  action,
  { folder = join(tmpdir(), `stargan-setup-${process.getuid?.() ?? 'user'}`), patience = PATIENCE_MS } = {},
) {
  const file = join(folder, 'npx.lock');
  const deadline = Date.now() + patience;
  let held = false;
  while (!held && Date.now() < deadline) {
    const taken = take(file, folder);
    if (taken === 'no place') break;
    if (taken === 'mine') held = true;
    else if (!isHeld(file)) rmSync(file, { force: true });
    else await new Promise((wake) => setTimeout(wake, WAIT_MS));
  }
  try {
    return await action();
  } finally {
    if (held) rmSync(file, { force: true });
  }
}

function take(file, folder) {
  try {
    mkdirSync(folder, { recursive: true });
    const lock = openSync(file, 'wx');
    writeSync(lock, String(process.pid));
    closeSync(lock);
    return 'mine';
  } catch (error) {
    return error.code === 'EEXIST' ? 'theirs' : 'no place';
  }
}

/** Whether the process that a lock names still runs. */
function isHeld(file) {
  try {
    const text = readFileSync(file, 'utf8');
    // Just made, and not written to yet.
    if (text === '') return true;
    process.kill(Number(text), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
