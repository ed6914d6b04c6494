import { constants, type Stats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { ImageFault } from './image-file-error.js';
import { pathBytes } from './path-names.js';

/** Larger files are not read: whole pictures of every allowed size are far smaller. */
const maxFileBytes = 2 ** 30;

/** A file's first bytes, and how to get the others. */
export interface OpenedFile {
  /** Bytes of the whole file. */
  readonly bytes: number;
  /** The first bytes, at most `length`. */
  start(length: number): Promise<Buffer>;
  /** The last bytes, at most `length`. */
  end(length: number): Promise<Buffer>;
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
    requireRegular(await stat(pathBytes(path)));
    return open(pathBytes(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
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
    end: (length) => Promise.resolve(content.subarray(Math.max(0, content.length - length))),
    all: () => Promise.resolve(content),
  };
}

function openedFile(handle: FileHandle, bytes: number): OpenedFile {
  return {
    bytes,
    start: (length) => failing(() => bytesFrom(handle, Math.min(length, bytes), 0)),
    end: (length) => failing(() => bytesFrom(handle, Math.min(length, bytes), Math.max(0, bytes - length))),
    all() {
      if (bytes > maxFileBytes)
        throw new ImageFault('too-large', `the file has ${bytes} bytes, more than the limit of ${maxFileBytes}`, 'make the file smaller');
      return failing(() => bytesFrom(handle, bytes, 0));
    },
  };
}

async function bytesFrom(handle: FileHandle, length: number, from: number): Promise<Buffer> {
  const content = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(content, filled, length - filled, from + filled);
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
  const kind = status.isDirectory() ? 'folder' : specialKind(status);
  throw new ImageFault('unreadable', `cannot be read (a ${kind}, not a file)`, 'remove it');
}

/** What a thing in a folder is that is neither a file nor a folder. */
export function specialKind(status: Pick<Stats, 'isFIFO' | 'isSocket'>): 'named pipe' | 'socket' | 'device' {
  if (status.isFIFO()) return 'named pipe';
  return status.isSocket() ? 'socket' : 'device';
}

/**
 * The content of a file.
 *
 * @param path as this package finds files, names that are not UTF-8 among them
 * @throws ImageFileError when it cannot be read, or is a named pipe, a device or a socket
 */
export async function readRegularFile(path: string): Promise<Buffer> {
  try {
    return await withRegularFile(path, (file) => file.all());
  } catch (error) {
    throw error instanceof ImageFault ? error.in(path) : error;
  }
}
