import { constants, type Stats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { ImageFault } from './image-file-error.js';

/** Larger files are not read: whole pictures of every allowed size are far smaller. */
const maxFileBytes = 2 ** 30;

/** A file's first bytes, and how to get the others. */
export interface OpenedFile {
  /** Bytes of the whole file. */
  readonly bytes: number;
  /** The first bytes, at most `length`. */
  start(length: number): Promise<Buffer>;
  /** The whole file. */
  all(): Promise<Buffer>;
}

/**
 * Opens a regular file, links followed, for the time of `use`.
 *
 * A FIFO would block its reader for ever and a device may never end, so neither is opened. The file is asked again once
 * it is open, since it may have been replaced in between; a FIFO opened then does not block either.
 *
 * @throws ImageFault when it is missing or no regular file
 */
export async function withRegularFile<T>(path: string, use: (file: OpenedFile) => Promise<T>): Promise<T> {
  const handle = await failing(async () => {
    requireRegular(await stat(path));
    return open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  });
  try {
    const status = await failing(() => handle.stat());
    requireRegular(status);
    return await use(openedFile(handle, status.size));
  } finally {
    await handle.close();
  }
}

/** Content that is in memory already, as a file. */
export function contentOf(content: Buffer): OpenedFile {
  return {
    bytes: content.length,
    start: (length) => Promise.resolve(content.subarray(0, length)),
    all: () => Promise.resolve(content),
  };
}

function openedFile(handle: FileHandle, bytes: number): OpenedFile {
  return {
    bytes,
    start: (length) => failing(() => bytesFrom(handle, Math.min(length, bytes))),
    all() {
      if (bytes > maxFileBytes) throw new ImageFault('too-large', `the file has ${bytes} bytes, more than the limit of ${maxFileBytes}`, 'make the file smaller');
      return failing(() => bytesFrom(handle, bytes));
    },
  };
}

async function bytesFrom(handle: FileHandle, length: number): Promise<Buffer> {
  const content = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(content, filled, length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return content.subarray(0, filled);
}

async function failing<T>(reading: () => Promise<T>): Promise<T> {
  try {
    return await reading();
  } catch (error) {
    if (error instanceof ImageFault) throw error;
    throw new ImageFault('unreadable', `cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

function requireRegular(status: Stats): void {
  if (status.isFile()) return;
  const kind = kindOf(status);
  throw new ImageFault('unreadable', `cannot be read (${kind}, not a file)`, 'remove it');
}

function kindOf(status: Stats): string {
  if (status.isDirectory()) return 'a folder';
  if (status.isFIFO()) return 'a named pipe';
  if (status.isSocket()) return 'a socket';
  return 'a device';
}
