import type { FileContent } from './readable-folder.js';

/** Bytes that are read in pieces. */
export interface ByteSource {
  /** How many there are. */
  readonly bytes: number;
  /** Exactly `length` bytes from `begin` on, in memory of their own. */
  read(begin: number, length: number): Promise<ArrayBuffer>;
  /** Releases the source. */
  close(): Promise<void>;
}

/** Bytes in memory, or of a file that somebody picked. */
export function contentSource(content: FileContent): ByteSource {
  const close = (): Promise<void> => Promise.resolve();
  if (content instanceof Blob)
    return { bytes: content.size, read: (begin, length) => content.slice(begin, begin + length).arrayBuffer(), close };
  const bytes = content instanceof Uint8Array ? content : new Uint8Array(content);
  return {
    bytes: bytes.byteLength,
    // Copied by hand: a Buffer's slice() shares its memory.
    read: (begin, length) => Promise.resolve(new Uint8Array(bytes.subarray(begin, begin + length)).buffer),
    close,
  };
}
