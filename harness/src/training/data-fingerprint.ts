import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writeWholeFile } from '@stargan/checkpoints';
import { pathBytes, type Dataset } from '@stargan/data';
import { z } from 'zod';
import { runPaths } from './run-directory.js';

const fileRecord = z.object({ bytes: z.number(), sha256: z.string().optional() });
const fingerprint = z.object({
  formatVersion: z.literal(1),
  directory: z.string(),
  sha256: z.string(),
  files: z.record(z.string(), fileRecord),
});

/** Which images a run is trained on; kept as `data.json` in its folder. */
export type DataFingerprint = z.infer<typeof fingerprint>;

/** How two fingerprints differ: names of files within the data set. */
export interface DataDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Of another size or, where both fingerprints hold hashes, of another content. */
  readonly changed: readonly string[];
}

/** Files that are looked at together. */
const CONCURRENT = 16;

/**
 * The fingerprint of a data set: every image's name and size, and on request the hash of its content.
 *
 * @param directory of the data set; names are within it
 */
export async function fingerprintOf(directory: string, { train, validation }: Dataset, contents: boolean): Promise<DataFingerprint> {
  const names = [train, ...(validation === undefined ? [] : [validation])].flatMap(({ domains }) => domains.flatMap(({ files }) => files));
  // Composed names, so that a data set copied to another system is the same.
  const nameOf = (file: string): string => path.relative(directory, file).split(path.sep).join('/').normalize('NFC');
  const sorted = names.map((file) => ({ file, name: nameOf(file) })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files: DataFingerprint['files'] = {};
  for (let start = 0; start < sorted.length; start += CONCURRENT) {
    const chunk = sorted.slice(start, start + CONCURRENT);
    const records = await Promise.all(chunk.map(({ file }) => describeFile(file, contents)));
    chunk.forEach(({ name }, i) => (files[name] = records[i]!));
  }
  const sha256 = createHash('sha256')
    .update(JSON.stringify(Object.entries(files)))
    .digest('hex');
  return { formatVersion: 1, directory: path.resolve(directory), sha256, files };
}

async function describeFile(file: string, contents: boolean): Promise<{ bytes: number; sha256?: string }> {
  try {
    const { size: bytes } = await stat(pathBytes(file));
    return contents ? { bytes, sha256: await hashOf(file) } : { bytes };
  } catch {
    // Training says what is wrong with a file when it comes to it.
    return { bytes: -1 };
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(pathBytes(file)), hash);
  return hash.digest('hex');
}

/** The fingerprint in a run's folder; undefined where there is none that can be read. */
export async function readFingerprint(run: string): Promise<DataFingerprint | undefined> {
  try {
    return fingerprint.parse(JSON.parse(await readFile(runPaths(run).data, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Keeps a fingerprint in a run's folder. */
export function writeFingerprint(run: string, content: DataFingerprint): Promise<void> {
  return writeWholeFile(runPaths(run).data, `${JSON.stringify(content)}\n`);
}

/** How the images differ; undefined when they do not. */
export function compareFingerprints(previous: DataFingerprint, next: DataFingerprint): DataDifference | undefined {
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

/** `2 images added (cat/7.png, cat/8.png), 1 removed (dog/3.png)` */
export function describeDifference({ added, removed, changed }: DataDifference): string {
  const parts = (
    [
      ['added', added],
      ['removed', removed],
      ['changed', changed],
    ] as const
  ).filter(([, names]) => names.length > 0);
  return parts
    .map(
      ([what, names], i) =>
        `${names.length}${i === 0 ? (names.length === 1 ? ' image' : ' images') : ''} ${what} (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''})`,
    )
    .join(', ');
}
