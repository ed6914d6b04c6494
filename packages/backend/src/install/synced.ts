import { writeFile } from 'node:fs/promises';
import { renameDurably } from '@stargan/checkpoints';
import { partOf } from './cache.js';

/** Writes a file so that a power cut leaves either the old one or the whole new one. */
export async function writeSynced(path: string, content: string | Uint8Array, mode?: number): Promise<void> {
  const part = partOf(path);
  await writeFile(part, content, { mode });
  await renameDurably(part, path);
}
