import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/**
 * Opens a file for reading. A named pipe is refused like any other special file, instead of waited for.
 *
 * @throws where there is no file; the caller closes the handle
 */
export async function openRegularFile(path: string): Promise<{ readonly handle: FileHandle; readonly bytes: number }> {
  // Windows has no such flag, nor named pipes among its files.
  const withoutWaiting = (constants as { readonly O_NONBLOCK?: number }).O_NONBLOCK ?? 0;
  const handle = await open(path, constants.O_RDONLY | withoutWaiting);
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new Error('this is not a file');
    return { handle, bytes: status.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
