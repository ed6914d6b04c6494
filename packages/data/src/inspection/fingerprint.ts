import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Dataset } from '../dataset.js';
import { mapConcurrently } from '../map-concurrently.js';
import { pathBytes } from '../path-names.js';

/** Identifies the images of a data set. */
export interface DatasetFingerprint {
  /** Absolute path of the data set. */
  readonly directory: string;
  /** SHA-256 of `files`, hexadecimal. */
  readonly sha256: string;
  /** Size and, on request, SHA-256 of every image, by its path within the data set. */
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256?: string | undefined }>>;
}

/** How two fingerprints differ, as paths within the data set. */
export interface FingerprintDifference {
  /** Images that only the newer one has. */
  readonly added: readonly string[];
  /** Images that only the older one has. */
  readonly removed: readonly string[];
  /** Images of another size or, where both fingerprints hold hashes, with other content. */
  readonly changed: readonly string[];
}

/** Files that are read concurrently. */
const AT_ONCE = 16;

/**
 * The fingerprint of a data set: every image's name and size, and on request the hash of its content.
 *
 * @param directory folder of the data set; names are relative to it
 * @param dataset as `openDataset` finds it there
 * @param options `contents`: also hashes every file. Default false
 */
export async function fingerprintDataset(
  directory: string,
  { train, validation }: Dataset,
  { contents = false }: { contents?: boolean | undefined } = {},
): Promise<DatasetFingerprint> {
  const found = [train, validation].flatMap((split) => split?.domains.flatMap(({ files }) => files) ?? []);
  // Composed names, so that a data set copied to another system stays the same.
  const nameOf = (file: string): string => relative(directory, file).split(sep).join('/').normalize('NFC');
  const sorted = found.map((file) => ({ file, name: nameOf(file) })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const records = await mapConcurrently(sorted, AT_ONCE, ({ file }) => describeFile(file, contents));
  const files = Object.fromEntries(sorted.map(({ name }, i) => [name, records[i]!]));
  const sha256 = createHash('sha256')
    .update(JSON.stringify(Object.entries(files)))
    .digest('hex');
  return { directory: resolve(directory), sha256, files };
}

async function describeFile(file: string, contents: boolean): Promise<DatasetFingerprint['files'][string]> {
  try {
    const { size: bytes } = await stat(pathBytes(file));
    return contents ? { bytes, sha256: await hashOf(file) } : { bytes };
  } catch {
    // Whoever uses the image says what is wrong with it.
    return { bytes: -1 };
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(pathBytes(file)), hash);
  return hash.digest('hex');
}

/**
 * How the images differ.
 *
 * @param previous the older fingerprint
 * @param next the newer one
 * @returns undefined when they do not differ
 */
export function compareFingerprints(previous: DatasetFingerprint, next: DatasetFingerprint): FingerprintDifference | undefined {
  const added = Object.keys(next.files).filter((name) => !Object.hasOwn(previous.files, name));
  const removed = Object.keys(previous.files).filter((name) => !Object.hasOwn(next.files, name));
  const changed = Object.entries(next.files).flatMap(([name, { bytes, sha256 }]) => {
    const before = Object.hasOwn(previous.files, name) ? previous.files[name] : undefined;
    if (before === undefined) return [];
    const rewritten = before.sha256 !== undefined && sha256 !== undefined && before.sha256 !== sha256;
    return before.bytes !== bytes || rewritten ? [name] : [];
  });
  return added.length + removed.length + changed.length === 0 ? undefined : { added, removed, changed };
}

/** Names of each kind that are shown. */
const SHOWN_NAMES = 3;

/**
 * A difference as text: `2 images added (cat/7.png, cat/8.png), 1 removed (dog/3.png)`.
 *
 * @param difference as `compareFingerprints` gives it
 */
export function describeFingerprintDifference({ added, removed, changed }: FingerprintDifference): string {
  const parts = (
    [
      ['added', added],
      ['removed', removed],
      ['changed', changed],
    ] as const
  ).filter(([, names]) => names.length > 0);
  return parts
    .map(([what, names], i) => {
      const things = i > 0 ? '' : names.length === 1 ? ' image' : ' images';
      return `${names.length}${things} ${what} (${names.slice(0, SHOWN_NAMES).join(', ')}${names.length > SHOWN_NAMES ? ', …' : ''})`;
    })
    .join(', ');
}
