import { createHash } from 'node:crypto';
import { mapConcurrently } from '../map-concurrently.js';
import { readRegularFile } from '../regular-file.js';

/** Where an image file belongs. */
export interface PlacedFile {
  readonly file: string;
  readonly split: string;
  readonly domain: string;
}

/** Files with the same content. */
export interface DuplicateGroup<Placed extends PlacedFile = PlacedFile> {
  readonly files: readonly Placed[];
  /** The most serious aspect: images with two labels, held-out images that are trained on, or repetition. */
  readonly across: 'domains' | 'splits' | 'domain';
}

/** Files that are read concurrently. */
const AT_ONCE = 4;

/**
 * Groups files by their bytes. Only files of the same size are read.
 *
 * @param files with their sizes
 * @param options `onProgress` is told how many files have been read, and of how many; aborting `signal` ends the search
 */
export async function findDuplicates<Placed extends PlacedFile & { readonly bytes: number }>(
  files: readonly Placed[],
  { onProgress, signal }: { onProgress?: (done: number, total: number) => void; signal?: AbortSignal } = {},
): Promise<DuplicateGroup<Placed>[]> {
  const bySize = groupBy(files, ({ bytes }) => bytes);
  const candidates = [...bySize.values()].filter((group) => group.length > 1 && group[0]!.bytes > 0).flat();
  let done = 0;
  const hashes = await mapConcurrently(candidates, AT_ONCE, async ({ file }) => {
    signal?.throwIfAborted();
    const hash = await hashOf(file);
    onProgress?.((done += 1), candidates.length);
    return hash;
  });
  return groupByContent(candidates, hashes);
}

/**
 * Groups files whose content is the same.
 *
 * @param files in any order
 * @param contents what stands for the content of each, such as a hash; undefined where it is not known
 */
export function groupByContent<Placed extends PlacedFile>(
  files: readonly Placed[],
  contents: readonly (string | undefined)[],
): DuplicateGroup<Placed>[] {
  const known = files.flatMap((file, i) => (contents[i] === undefined ? [] : [{ file, content: contents[i] }]));
  return [...groupBy(known, ({ content }) => content).values()]
    .filter((group) => group.length > 1)
    .map((group) => group.map(({ file }) => file))
    .map((group) => ({ files: group, across: extentOf(group) }));
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function extentOf(files: readonly PlacedFile[]): DuplicateGroup['across'] {
  const distinct = (valueOf: (file: PlacedFile) => string): number => new Set(files.map(valueOf)).size;
  if (distinct(({ domain }) => domain) > 1) return 'domains';
  return distinct(({ split }) => split) > 1 ? 'splits' : 'domain';
}

/** Undefined where the file cannot be read. */
async function hashOf(file: string): Promise<string | undefined> {
  try {
    return createHash('sha256')
      .update(await readRegularFile(file))
      .digest('hex');
  } catch {
    return undefined;
  }
}
