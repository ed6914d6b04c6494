import { constants, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pathBytes } from './path-names.js';

/** What a thing in a folder is, if it is neither a file nor a folder. */
export function specialKind(status: Pick<Stats, 'isFIFO' | 'isSocket' | 'isCharacterDevice' | 'isBlockDevice'>): 'FIFO' | 'socket' | 'device' | undefined {
  if (status.isFIFO()) return 'FIFO';
  if (status.isSocket()) return 'socket';
  return status.isCharacterDevice() || status.isBlockDevice() ? 'device' : undefined;
}

/** Opening a FIFO otherwise waits for a writer, for ever. Windows knows neither. */
const flags = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/**
 * Opens a file, hands it over and closes it.
 *
 * @param path as this package finds files
 * @throws Error for a FIFO, a device or a socket, which are never read: they wait for ever, or never end
 */
export async function withRegularFile<Result>(path: string, use: (file: FileHandle, size: number) => Promise<Result>): Promise<Result> {
  const file = await open(pathBytes(path), flags);
  try {
    const status = await file.stat();
    const special = specialKind(status);
    if (special !== undefined) throw new Error(`it is a ${special}, not a file`);
    return await use(file, status.size);
  } finally {
    await file.close();
  }
}

/**
 * The content of a file.
 *
 * @param path as this package finds files, names that are not UTF-8 among them
 * @throws Error when it cannot be read, or is a FIFO, a device or a socket
 */
export function readRegularFile(path: string): Promise<Buffer> {
  return withRegularFile(path, (file) => file.readFile());
}
