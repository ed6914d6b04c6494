import { memoryFolder } from './memory-folder.js';
import type { FolderSource } from './open-folder.js';
import type { ReadableFolder } from './readable-folder.js';
import { webFolder } from './web-folder.js';

/** As in Node.js, but a text is a URL, also relative to the page. */
export function openFolder(source: FolderSource): ReadableFolder {
  return typeof source === 'string' || source instanceof URL ? webFolder(String(source)) : memoryFolder(source);
}
