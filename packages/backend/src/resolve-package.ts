import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An installed npm package. */
export interface ResolvedPackage {
  /** Its name on npm. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** Absolute, symbolic links resolved. */
  readonly folder: string;
}

/**
 * Finds an optional package: first beside this one, where peers are linked so that there is one tfjs-core, then
 * from the program being run, then from the current folder. Undefined when it is installed in none of them.
 */
export function resolvePackage(name: string): ResolvedPackage | undefined {
  const places = [fileURLToPath(import.meta.url), process.argv[1], join(process.cwd(), 'package.json')];
  for (const place of places) {
    const folder = place === undefined ? undefined : packageFolder(name, place);
    if (folder !== undefined) return { name, version: readVersion(folder), folder };
  }
  return undefined;
}

// The package.json itself is looked for, not the entry point: `exports` maps may hide the former, and the latter
// runs code in some packages when resolved through a loader.
function packageFolder(name: string, from: string): string | undefined {
  for (const modules of createRequire(realOrSame(from)).resolve.paths(name) ?? []) {
    const folder = join(modules, name);
    if (existsSync(join(folder, 'package.json'))) return realpathSync(folder);
  }
  return undefined;
}

function realOrSame(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

function readVersion(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: string };
  return manifest.version ?? 'unknown';
}

/** Runs a resolved CommonJS package and gives what it exports. */
export function requirePackage(resolved: ResolvedPackage): unknown {
  return createRequire(join(dirname(resolved.folder), 'consumer.cjs'))(resolved.folder);
}
