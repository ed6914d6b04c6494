import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, resolve } from 'node:path';
import { familySync, versionSync } from 'detect-libc';
import { resolvePackage, type ResolvedPackage } from '../resolve-package.js';
import { runCommand, type CommandRunner, type Environment } from './run-command.js';

/** What this package asks of the machine; tests put their own in its place. */
export interface System {
  /** As `process.platform`. */
  readonly platform: string;
  /** As `process.arch`. */
  readonly arch: string;
  /** Environment variables, as `process.env`. */
  readonly env: Environment;
  /** The user's home folder; undefined where there is none, as for a user without an entry in the list of users. */
  readonly home: string | undefined;
  /** The C library and its version, as `glibc 2.36` or `musl 1.2.5`; undefined outside Linux. */
  readonly libc: string | undefined;
  /** Runs a program to its end; a program that fails or does not exist is a result, not an error. */
  readonly run: CommandRunner;
  /**
   * Bytes free to this user where `folder` is or would be.
   *
   * @param folder absolute path; it need not exist yet
   */
  freeBytes(folder: string): Promise<number>;
  /**
   * An npm package that the project has; undefined where it is not installed.
   *
   * @param name its name on npm
   */
  resolve(name: string): ResolvedPackage | undefined;
  /**
   * Text of a file, or undefined when it cannot be read.
   *
   * @param path absolute path of the file
   */
  read(path: string): string | undefined;
  /**
   * Whether there is such a file, folder or device.
   *
   * @param path absolute path
   */
  exists(path: string): boolean;
}

export function thisSystem(): System {
  return {
    platform: process.platform,
    arch: process.arch,
    env: process.env,
    home: homeFolder(),
    libc: describeLibc(),
    run: runCommand,
    freeBytes,
    resolve: resolvePackage,
    read: readText,
    exists: existsSync,
  };
}

function homeFolder(): string | undefined {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}

function describeLibc(): string | undefined {
  const family = familySync();
  return family === null ? undefined : `${family} ${versionSync() ?? 'of unknown version'}`;
}

/**
 * Bytes that a folder's disk has left for this user.
 *
 * @param folder that need not exist yet
 */
export async function freeBytes(folder: string): Promise<number> {
  let existing = resolve(folder);
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
