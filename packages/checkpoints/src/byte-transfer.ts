import type { FileHandle } from 'node:fs/promises';

// One system call moves less than 2 GiB, and may move less than asked for.
const PIECE = 64 * 1024 * 1024;

/** Exactly `length` bytes from `position` on; a file that ends sooner is an error. */
export async function readExactly(handle: FileHandle, position: number, length: number): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(length);
  let done = 0;
  while (done < length) {
    const piece = new Uint8Array(buffer, done, Math.min(PIECE, length - done));
    const { bytesRead } = await handle.read(piece, 0, piece.byteLength, position + done);
    if (bytesRead === 0) throw new Error(`the file ends at byte ${String(position + done)}, ${String(length - done)} bytes too soon`);
    done += bytesRead;
  }
  return buffer;
}

/** All of `bytes`, at the handle's current position. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const { bytesWritten } = await handle.write(bytes, done, Math.min(PIECE, bytes.byteLength - done));
    done += bytesWritten;
  }
}
