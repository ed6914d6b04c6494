import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { codeOf } from './file-errors.js';
import type { ReadableFolder } from './readable-folder.js';

/** What `read` gives; `missing` where there is no such file. */
async function unlessMissing<Result, Missing>(read: Promise<Result>, missing: Missing): Promise<Missing | Result> {
  return read.catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return missing;
    throw error;
  });
}

/** A folder of the disk. */
export function diskFolder(path: string): ReadableFolder {
  const locate = (name: string): string => join(path, name);
  return {
    path,
    locate,
    folder: (name) => diskFolder(locate(name)),
    async folders() {
      const entries = await unlessMissing(readdir(path, { withFileTypes: true }), []);
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    },
    size: async (name) => (await unlessMissing(stat(locate(name)), undefined))?.size,
    async sha256(name) {
      const hash = createHash('sha256');
      await pipeline(createReadStream(locate(name)), hash);
      return hash.digest('hex');
    },
    text: (name) => unlessMissing(readFile(locate(name), 'utf8'), undefined),
    content: (name) => Promise.resolve(locate(name)),
  };
}
