import { fileURLToPath } from 'node:url';
import { diskFolder } from './disk-folder.js';
import { memoryFolder } from './memory-folder.js';
import type { FileContent, ReadableFolder } from './readable-folder.js';
import { webFolder } from './web-folder.js';

/** Where a folder is: a path of the disk (in a browser: a URL, also relative to the page), a URL, or its files by name. */
export type FolderSource = Readonly<Record<string, FileContent>> | URL | string;

/**
 * A folder to read from, wherever it is.
 *
 * @param source a path (in a browser: a URL, also relative to the page), a `http:`, `https:` or `file:` URL, or content by
 * name, where `/` separates folders, and folders that all names begin with are left out
 */
export function openFolder(source: FolderSource): ReadableFolder {
  if (typeof source !== 'string' && !(source instanceof URL)) return memoryFolder(source);
  const location = String(source);
  if (/^https?:\/\//i.test(location)) return webFolder(location);
  return diskFolder(/^file:/i.test(location) ? fileURLToPath(location) : location);
}
