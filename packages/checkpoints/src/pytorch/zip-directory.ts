import type { FileHandle } from 'node:fs/promises';
import { fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { readExactly } from '../byte-transfer.js';
import { messageOf } from '../file-errors.js';

/** Where an entry of an archive lies, and what its table of contents says of it. */
export interface ZipEntry {
  readonly name: string;
  readonly encrypted: boolean;
  /** 0 is stored, 8 deflated. */
  readonly method: number;
  /** 0 where the writer did not compute it. */
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** First byte of the entry's own header. */
  readonly begin: number;
}

/** Entries of an archive that are read. */
export const MAX_ENTRIES = 250_000;
const MAX_DIRECTORY_BYTES = 128 * 1024 * 1024;
const END_BYTES = 22;
const END_SIGNATURE = 0x06054b50;
const LONGEST_COMMENT = 0xffff;
const LOCAL_BYTES = 30;
const LOCAL_SIGNATURE = 0x04034b50;
const READ_AHEAD = 64 * 1024;

/**
 * Bytes of a file for the zip library, which takes offsets from the file as they are: every read beyond the file is
 * answered with an error, and so is whatever the library itself throws at an answer, which nothing else would catch.
 */
class BoundedReader extends RandomAccessReader {
  readonly #handle: FileHandle;
  readonly #size: number;
  readonly #fail: (error: unknown) => void;
  #begin = 0;
  #block = Buffer.alloc(0);

  constructor(handle: FileHandle, size: number, fail: (error: unknown) => void) {
    super();
    this.#handle = handle;
    this.#size = size;
    this.#fail = fail;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.#copy(buffer, offset, length, position).then(
      () => {
        this.#answer(() => {
          callback(null, length);
        });
      },
      (error: unknown) => {
        this.#answer(() => {
          callback(error instanceof Error ? error : new Error(messageOf(error)));
        });
      },
    );
  }

  #answer(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #copy(buffer: Buffer, offset: number, length: number, position: number): Promise<void> {
    if (!Number.isSafeInteger(position) || position < 0 || position + length > this.#size)
      throw new Error(`it refers to byte ${String(position)} of a file of ${String(this.#size)}`);
    if (position < this.#begin || position + length > this.#begin + this.#block.byteLength) {
      this.#begin = position;
      this.#block = Buffer.from(await readExactly(this.#handle, position, Math.min(this.#size - position, Math.max(length, READ_AHEAD))));
    }
    this.#block.copy(buffer, offset, position - this.#begin, position - this.#begin + length);
  }
}

/**
 * Where the archive ends: behind the last end record that the file has room for. Bytes after it, which padded downloads
 * have, are left out as torch.load does, as many as a comment could have.
 */
async function findEnd(handle: FileHandle, fileBytes: number): Promise<number> {
  const length = Math.min(fileBytes, END_BYTES + LONGEST_COMMENT);
  const tail = Buffer.from(await readExactly(handle, fileBytes - length, length));
  for (let at = length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END_SIGNATURE) continue;
    const end = at + END_BYTES + tail.readUInt16LE(at + 20);
    if (end <= length) return fileBytes - length + end;
  }
  throw new Error('it has no end record');
}

async function readEntries(handle: FileHandle, fileBytes: number): Promise<Map<string, ZipEntry>> {
  const end = await findEnd(handle, fileBytes);
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const list = async (): Promise<Map<string, ZipEntry>> => {
    const zip = await fromRandomAccessReaderPromise(new BoundedReader(handle, end, fail), end, { autoClose: false, strictFileNames: true });
    return collect(zip);
  };
  return Promise.race([list(), failed]);
}

/** Entries by name. Two of one name would let two readers see two files. */
async function collect(zip: ZipFile): Promise<Map<string, ZipEntry>> {
  if (zip.entryCount > MAX_ENTRIES) throw new Error(`it has ${String(zip.entryCount)} entries; up to ${String(MAX_ENTRIES)} are read`);
  const entries = new Map<string, ZipEntry>();
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    if (entries.has(name)) throw new Error(`it has two entries ${JSON.stringify(name)}`);
    bytes += entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    if (bytes > MAX_DIRECTORY_BYTES) throw new Error(`it has more than ${String(MAX_DIRECTORY_BYTES)} bytes`);
    entries.set(name, {
      name,
      encrypted: entry.isEncrypted(),
      method: entry.compressionMethod,
      crc: entry.crc32,
      compressedSize: entry.compressedSize,
      size: entry.uncompressedSize,
      begin: entry.relativeOffsetOfLocalHeader,
    });
  }
  return entries;
}

/**
 * The entries of a zip archive by name, as data from strangers.
 *
 * @throws naming the fault, whatever the records at the end of the file say
 */
export async function readZipDirectory(handle: FileHandle, fileBytes: number): Promise<Map<string, ZipEntry>> {
  try {
    return await readEntries(handle, fileBytes);
  } catch (error) {
    throw new Error(
      `the zip archive cannot be read (${messageOf(error).replace(/\.$/, '')}): the file is cut short or damaged, get it again`,
      { cause: error },
    );
  }
}

/** First byte of an entry's content, as it lies in the file. @throws where the file has not all of it */
export async function findContent(handle: FileHandle, fileBytes: number, { name, begin, compressedSize }: ZipEntry): Promise<number> {
  const damaged = (what: string): Error => new Error(`${JSON.stringify(name)} ${what}; the file is damaged, get it again`);
  if (!Number.isSafeInteger(begin) || begin + LOCAL_BYTES > fileBytes)
    throw damaged(`would begin at byte ${String(begin)} of a file of ${String(fileBytes)}`);
  const header = Buffer.from(await readExactly(handle, begin, LOCAL_BYTES));
  if (header.readUInt32LE(0) !== LOCAL_SIGNATURE) throw damaged('is not where the table of contents says');
  const start = begin + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (!Number.isSafeInteger(compressedSize) || start + compressedSize > fileBytes)
    throw damaged(`would have ${String(compressedSize)} bytes from byte ${String(start)} of a file of ${String(fileBytes)} on`);
  return start;
}
