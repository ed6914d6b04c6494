import { contentSource, type ByteSource } from './byte-source.js';
import { readExactly } from './byte-transfer.js';
import { openRegularFile } from './open-regular-file.js';
import type { FileContent } from './readable-folder.js';
import { openContent, readContent, type SafetensorsContent, type SafetensorsFile } from './safetensors-content.js';

async function fileSource(path: string): Promise<ByteSource> {
  const { handle, bytes } = await openRegularFile(path);
  return { bytes, read: (begin, length) => readExactly(handle, begin, length), close: () => handle.close() };
}

/** What content without a name is called in messages. */
const UNNAMED = 'safetensors';

/**
 * Opens a safetensors file and checks its whole header, as data from strangers: length, JSON, names, dtypes, shapes,
 * and that the tensors cover the data exactly once. Tensors are then read when asked for, one at a time.
 *
 * The caller closes the file.
 *
 * @param file its path, or its content, as in a browser; it must not change while it is open.
 * @param name names the file in messages where it is given as content
 * @throws when the file cannot be opened or is not whole; the message names the file and the fault.
 */
export async function openSafetensors(file: FileContent | string, name = UNNAMED): Promise<SafetensorsFile> {
  if (typeof file === 'string') return openContent(file, () => fileSource(file));
  return openContent(name, () => Promise.resolve(contentSource(file)));
}

/**
 * Reads a whole safetensors file.
 *
 * @param file its path, or its content, as in a browser; closed again at the end, also after a failure.
 * @param name names the file in messages where it is given as content
 * @throws when the file cannot be opened or is not whole; the message names the file and the fault.
 */
export async function readSafetensors(file: FileContent | string, name = UNNAMED): Promise<SafetensorsContent> {
  return readContent(await openSafetensors(file, name));
}
