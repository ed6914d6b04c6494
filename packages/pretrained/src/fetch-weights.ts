import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { addWeights } from './add-weights.js';
import { discardDownload, download, type DownloadOptions } from './download.js';
import { KINDS, type WeightKind } from './kinds.js';
import { weightsFolder, type StoredWeights } from './weights-cache.js';

/** How weights are fetched. */
export interface FetchOptions extends Omit<DownloadOptions, 'sha256'> {
  /** Address of a folder with the same files, instead of their authors'. */
  readonly from?: string;
  /** Where weights are kept; stargan's cache by default. */
  readonly folder?: string;
}

/**
 * Where a kind is fetched from.
 *
 * @param kind which weights
 * @param from address of a folder with the same files, instead of their authors'
 */
export function sourceOf(kind: WeightKind, from?: string): string {
  const { url } = KINDS[kind];
  return from === undefined ? url : new URL(path.posix.basename(url), from.endsWith('/') ? from : `${from}/`).href;
}

/**
 * Downloads weights of a kind, checks and converts them. An interrupted download is resumed the next time.
 *
 * @param kind which weights
 * @param options where they come from, who is told and what stops it
 * @throws as {@link download} and {@link addWeights} do
 */
export async function fetchWeights(
  kind: WeightKind,
  { from, folder = weightsFolder(), ...options }: FetchOptions = {},
): Promise<StoredWeights> {
  const url = sourceOf(kind, from);
  const downloads = path.join(folder, 'downloads');
  await mkdir(downloads, { recursive: true });
  const part = path.join(downloads, path.posix.basename(url));
  await download(url, part, { ...options, sha256: KINDS[kind].sha256 });
  try {
    const stored = await addWeights(part, { kind, folder, url });
    await discardDownload(part);
    return stored;
  } catch (error) {
    // The download is as the server has it: keeping it helps only where there was no room for the result.
    if (!isDiskFull(error)) await discardDownload(part);
    throw error;
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && ((error as NodeJS.ErrnoException).code === 'ENOSPC' || isDiskFull(error.cause));
}
