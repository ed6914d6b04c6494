import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { isForeignName } from './foreign-names.js';
import { recogniseImage, recognisedBytes } from './image-formats.js';
import { mapConcurrently } from './map-concurrently.js';
import type { PassedOverFile, PassedOverKind } from './passed-over.js';
import { nameOfBytes, pathBytes, printablePath } from './path-names.js';
import { specialKind, withRegularFile } from './regular-file.js';

/** What a folder holds, links followed. Names are sorted by code unit. */
export interface FolderEntries {
  readonly folders: string[];
  readonly images: string[];
  readonly passedOver: PassedOverFile[];
}

/**
 * Files of these names are images, and broken ones where their content says otherwise, so that a file that breaks stays
 * in its place; other names are told by content.
 */
export const imageName = /\.(jpe?g|jpe|jfif|a?png|webp|gif|tiff?|bmp|avif|p[bgp]m)$/i;

/** Files looked into at a time: as many as Node's pool has threads, twice. */
const looksAtOnce = 8;

type Entry = { folder: true } | { image: true } | { kind: PassedOverKind; called: string };

/**
 * Reads a folder.
 *
 * @param folder path, as this package finds files
 * @throws Error when it is missing, is no folder or may not be read
 */
export async function readEntries(folder: string): Promise<FolderEntries> {
  const entries = await readFolder(folder);
  const named = entries.map((entry) => ({ entry, name: nameOfBytes(entry.name) })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const found: FolderEntries = { folders: [], images: [], passedOver: [] };
  const kinds = await mapConcurrently(named, looksAtOnce, ({ entry, name }) => classify(join(folder, name), name, entry));
  named.forEach(({ name }, i) => {
    const kind = kinds[i]!;
    if ('folder' in kind) found.folders.push(name);
    else if ('image' in kind) found.images.push(name);
    else found.passedOver.push({ file: join(folder, name), ...kind });
  });
  return found;
}

async function classify(path: string, name: string, entry: Dirent<Buffer>): Promise<Entry> {
  if (isForeignName(name)) return { kind: 'system', called: name };
  if (name.startsWith('.')) return { kind: 'hidden', called: name };
  if (entry.isDirectory()) return { folder: true };
  let status: Parameters<typeof specialKind>[0] & { isFile(): boolean; isDirectory(): boolean } = entry;
  if (entry.isSymbolicLink()) {
    try {
      status = await stat(pathBytes(path));
    } catch {
      // A broken link with an image's name stays in the list, so that decoding names it.
      return imageName.test(name) ? { image: true } : { kind: 'link', called: name };
    }
  }
  if (status.isDirectory()) return { folder: true };
  if (!status.isFile()) return { kind: 'special', called: specialKind(status) };
  return imageName.test(name) || (await isImage(path))
    ? { image: true }
    : { kind: 'other', called: extname(name).toLowerCase() || 'no extension' };
}

async function isImage(path: string): Promise<boolean> {
  try {
    const format = await withRegularFile(path, async (file) => recogniseImage(await file.start(recognisedBytes))?.format);
    // Two letters at the beginning of a text may look like a PNM's.
    return format !== undefined && format !== 'pnm';
  } catch {
    return false;
  }
}

async function readFolder(folder: string): Promise<Dirent<Buffer>[]> {
  try {
    return await readdir(pathBytes(folder), { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    throw new Error(`openImageFolders: ${folderFault(folder, error)}`, { cause: error });
  }
}

/** What is wrong with a folder that cannot be read, and what to do about it. */
export function folderFault(folder: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const name = printablePath(folder);
  if (code === 'ENOENT' && name.includes('\ufffd'))
    return `${name} does not exist under this name; the command line and the working directory can only name what is UTF-8: rename the folder, or reach it through a link`;
  if (code === 'ENOENT') return `${name} does not exist; check the path`;
  if (code === 'ENOTDIR') return `${name} is not a directory; give one that holds a folder per domain`;
  if (code === 'EACCES' || code === 'EPERM')
    return `${name} may not be read (${code}); give yourself the right to (chmod u+rx), or move the folder out of the data set`;
  return `${name} cannot be read (${error instanceof Error ? error.message : String(error)}); check the disk, or move the folder out of the data set`;
}
