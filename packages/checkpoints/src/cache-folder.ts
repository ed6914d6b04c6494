import { homedir } from 'node:os';
import path from 'node:path';

/** Whose cache is meant. */
export interface CacheUser {
  /** Environment variables, as `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder; undefined where there is none, as for a user without an entry in the list of users. */
  readonly home: string | undefined;
}

function homeFolder(): string | undefined {
  try {
    const home = homedir();
    return path.isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Folder for what is fetched or computed once: `STARGAN_CACHE_DIR`, else `stargan` in the user's cache.
 *
 * @param user the one that runs this process by default
 * @returns an absolute path, which need not exist yet; undefined where nothing names a folder and the user has no home
 */
export function findCacheFolder({ env, home }: CacheUser = { env: process.env, home: homeFolder() }): string | undefined {
  const own = env.STARGAN_CACHE_DIR;
  if (own) return path.resolve(own);
  const { XDG_CACHE_HOME: base } = env;
  // A relative one is to be ignored, says the XDG base directory specification.
  if (base && path.isAbsolute(base)) return path.join(base, 'stargan');
  return home === undefined ? undefined : path.join(home, '.cache', 'stargan');
}

/**
 * A folder within the cache of {@link findCacheFolder}.
 *
 * @param name of the folder, such as `weights`
 * @returns its absolute path; it need not exist yet
 * @throws {Error} where nothing names a cache and the user has no home
 */
export function cacheFolder(name: string): string {
  const cache = findCacheFolder();
  if (cache === undefined)
    throw new Error(`there is no place for ${name}: this user has no home folder; name one for the cache with STARGAN_CACHE_DIR`);
  return path.join(cache, name);
}
