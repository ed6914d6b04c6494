import { open, readdir, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '@stargan/checkpoints';
import { pathBytes, printablePath } from '../path-names.js';

/** Says in a prepared data set what each picture came from. */
const manifestName = 'preparation.jsonl';

/** What a prepared data set is known by: with anything else it would be another one. */
export interface PreparationIdentity {
  /** Version of the manifest's format. */
  readonly format: 1;
  /** Absolute path of the source. */
  readonly source: string;
  readonly imageSize: number;
  readonly fit: string;
  readonly pictures: string;
  readonly validation: string;
  readonly seed: number;
  /** What kind of boxes pictures are cropped around; without them left out, as in manifests of earlier versions. */
  readonly boxes?: string | undefined;
  readonly boxMargin?: number | undefined;
  readonly withoutBox?: string | undefined;
}

/** A picture that was made. */
export interface ManifestEntry {
  /** Path within the prepared data set, with `/`. */
  readonly output: string;
  /** Path within the source. */
  readonly source: string;
  /** Size and time, or checksum, of the source, and its box where it has one. */
  readonly stamp: string;
  /** Sides of the source in pixels, upright. */
  readonly width: number;
  /** Sides of the source in pixels, upright. */
  readonly height: number;
  /** Of the picture that was made, in hexadecimal. */
  readonly sha256: string;
}

/** The manifest of a prepared data set, which grows by a line per picture. */
export interface Manifest {
  /** By path of the source. */
  readonly entries: ReadonlyMap<string, ManifestEntry>;
  /** Adds a picture. */
  add(entry: ManifestEntry): Promise<void>;
  /** Waits until all of it is on the disk. */
  close(): Promise<void>;
}

/**
 * Makes sure that a directory is ours, or free to become so, and reads what is known of it.
 *
 * @param directory absolute path
 * @returns entries by path of the source; undefined where there is no manifest yet
 * @throws Error when it holds something else, or was prepared in another way
 */
export async function readManifest(directory: string, identity: PreparationIdentity): Promise<Map<string, ManifestEntry> | undefined> {
  let names: string[];
  try {
    names = await readdir(pathBytes(directory));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (!names.includes(manifestName)) {
    const foreign = names.find((name) => !name.startsWith('.'));
    if (foreign === undefined) return undefined;
    throw new Error(
      `prepareDataset: ${printablePath(directory)} must be empty or a data set that was prepared before, got ${printablePath(foreign)}; name another folder`,
    );
  }
  const lines = (await readFile(join(directory, manifestName), 'utf8')).split('\n');
  requireSame(directory, identity, parseLine<PreparationIdentity>(lines[0] ?? ''));
  const entries = new Map<string, ManifestEntry>();
  for (const line of lines.slice(1)) {
    const entry = parseLine<ManifestEntry>(line);
    // The last line is torn where a writer was killed.
    if (isEntry(entry)) entries.set(entry.source, entry);
  }
  return entries;
}

function parseLine<Line>(line: string): Partial<Line> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A changed manifest must not name files elsewhere. */
function isEntry(entry: Partial<ManifestEntry> | undefined): entry is ManifestEntry {
  if (entry === undefined) return false;
  const { output, source, stamp, sha256, width, height } = entry;
  return (
    typeof output === 'string' &&
    /^(train|val)\/[^/\\]+\/[^/\\]+$/.test(output) &&
    !output.split('/').includes('..') &&
    [source, stamp, sha256].every((value) => typeof value === 'string') &&
    [width, height].every((value) => typeof value === 'number')
  );
}

/** How messages call each part of the identity. */
const called: Readonly<Record<keyof PreparationIdentity, string>> = {
  format: 'manifest format',
  source: 'source',
  imageSize: 'size',
  fit: 'fit',
  pictures: 'format',
  validation: 'validation',
  seed: 'seed',
  boxes: 'crops around',
  boxMargin: 'box margin',
  withoutBox: 'pictures without a box',
};

function requireSame(directory: string, asked: PreparationIdentity, found: Partial<PreparationIdentity> | undefined): void {
  if (found === undefined)
    throw new Error(
      `prepareDataset: ${printablePath(join(directory, manifestName))} is damaged in its first line; remove ${printablePath(directory)}, or name another folder`,
    );
  const differing = (Object.keys(called) as (keyof PreparationIdentity)[]).filter((key) => asked[key] !== found[key]);
  if (differing.length === 0) return;
  const shown = (value: string | number | undefined): string => printablePath(String(value ?? 'none'));
  const list = differing.map((key) => `${called[key]} ${shown(found[key])} (now ${shown(asked[key])})`);
  throw new Error(
    `prepareDataset: ${printablePath(directory)} was prepared in another way: ${list.join(', ')}; ask for the same, or name another folder`,
  );
}

/**
 * Opens the manifest for writing. It is written anew first, so that a torn line is gone.
 *
 * @param known entries that hold
 */
export async function openManifest(
  directory: string,
  identity: PreparationIdentity,
  known: ReadonlyMap<string, ManifestEntry>,
): Promise<Manifest> {
  const file = join(directory, manifestName);
  await writeWholeFile(file, [identity, ...known.values()].map((line) => `${JSON.stringify(line)}\n`).join(''));
  const handle: FileHandle = await open(file, 'a');
  const entries = new Map(known);
  // Lines follow each other: two writes at a time could tear one.
  let writing = Promise.resolve();
  return {
    entries,
    add(entry) {
      const added = writing.then(async () => {
        await handle.appendFile(`${JSON.stringify(entry)}\n`);
        entries.set(entry.source, entry);
      });
      writing = added.catch(() => undefined);
      return added;
    },
    async close() {
      await writing;
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}
