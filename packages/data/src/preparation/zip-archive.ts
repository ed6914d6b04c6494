import { close as closeDescriptor, constants, open } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { fromFdPromise, validateFileName, type Entry, type ZipFile } from 'yauzl';
import { ImageFault } from '../image-file-error.js';
import { nameOfBytes, pathBytes, printablePath } from '../path-names.js';
import { specialKind, type OpenedFile } from '../regular-file.js';
import { unreadable } from './source-image.js';

/** A file in an archive. */
export interface ArchivedFile {
  /** Path in the archive, with `/`. */
  readonly path: string;
  /** Size and checksum. */
  readonly stamp: string;
  /** Its content. */
  readonly content: OpenedFile;
}

/** An archive that is being read. */
export interface ZipArchive {
  /** In the order of the archive; of several files of one path the last. */
  readonly files: readonly ArchivedFile[];
  /** Files of a path that occurs again further behind. */
  readonly repeated: number;
  /** Closes the archive. */
  close(): Promise<void>;
}

/** More is not held in memory. */
const mostEntries = 2_000_000;
/** As of files in folders. */
const mostBytes = 2 ** 30;
/** Signature, sizes and lengths in front of an entry's data. */
const localHeaderBytes = 30;

/**
 * Opens an archive and goes through the list of its entries. Nothing is unpacked; the content of entries is read one by one when
 * it is asked for.
 *
 * @param path absolute path of a ZIP archive
 * @throws Error naming the entry where one leads out of the archive, is a link or encrypted, or shares its data with another; and
 *   where the archive is damaged
 */
export async function openZipArchive(path: string): Promise<ZipArchive> {
  const descriptor = await openDescriptor(path);
  let archive: ZipFile | undefined;
  try {
    archive = await fromFdPromise(descriptor, { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true });
    const entries = await readEntries(path, archive);
    requireApart(path, entries);
    const byPath = new Map(entries.map((entry) => [entry.path, entry]));
    const opened = archive;
    return {
      files: [...byPath.values()].map((named) => archivedFile(opened, named)),
      repeated: entries.length - byPath.size,
      close: () =>
        new Promise((closed, failed) => {
          opened.once('close', closed).once('error', failed);
          opened.close();
        }),
    };
  } catch (error) {
    if (archive === undefined) await promisify(closeDescriptor)(descriptor);
    else archive.close();
    if (error instanceof RefusedArchive) throw error;
    throw new RefusedArchive(
      path,
      `cannot be read (${error instanceof Error ? error.message : String(error)}); get the archive again, or extract it and give the folder`,
    );
  }
}

/** An archive that is not read, by name and with the reason. */
class RefusedArchive extends Error {
  constructor(archive: string, fault: string) {
    super(`prepareDataset: ${printablePath(archive)} ${fault}`);
  }
}

/** A named pipe would block for ever; it is never opened. */
async function openDescriptor(path: string): Promise<number> {
  const status = await stat(pathBytes(path));
  if (!status.isFile()) throw new RefusedArchive(path, `is a ${status.isDirectory() ? 'folder' : specialKind(status)}, not an archive`);
  // The library takes descriptors, which it closes itself, rather than handles.
  return promisify(open)(pathBytes(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

interface NamedEntry {
  readonly path: string;
  readonly entry: Entry;
}

async function readEntries(archive: string, zip: ZipFile): Promise<NamedEntry[]> {
  if (zip.entryCount > mostEntries)
    throw new RefusedArchive(
      archive,
      `claims to hold ${zip.entryCount} entries, more than the limit of ${mostEntries}; extract it and give the folder`,
    );
  const entries: NamedEntry[] = [];
  for await (const entry of zip.eachEntry()) {
    const path = nameOfBytes(entry.fileNameRaw).replaceAll('\\', '/');
    const refuse = (fault: string): never => {
      throw new RefusedArchive(archive, `is refused: its entry "${printablePath(path)}" ${fault}`);
    };
    if (validateFileName(path) !== null || path.includes('\0'))
      refuse('leads out of the archive; extract what you trust, and give the folder');
    const type = (entry.externalFileAttributes >>> 16) & fileTypeMask;
    if (type === symbolicLink) refuse('is a symbolic link; pack files instead (zip without -y), or extract it and give the folder');
    if (type !== 0 && type !== regularFile && type !== folder)
      refuse('is neither a file nor a folder; pack files alone, or extract it and give the folder');
    if (entry.isEncrypted()) refuse('is encrypted; extract the archive with its password and give the folder');
    if (path.endsWith('/')) continue;
    entries.push({ path, entry: slim(entry) });
  }
  return entries;
}

// The upper half of the attributes is what Unix knows of a file.
const fileTypeMask = 0o170000;
const regularFile = 0o100000;
const folder = 0o040000;
const symbolicLink = 0o120000;

/** The raw name, comment and extra fields of a million entries would fill the memory. */
function slim(entry: Entry): Entry {
  const none = Buffer.alloc(0);
  return Object.assign(entry, {
    fileName: '',
    fileNameRaw: none,
    extraFieldRaw: none,
    fileCommentRaw: none,
    fileComment: '',
    comment: '',
    extraFields: [],
  });
}

/** A bomb of overlapping entries unpacks to far more than the archive's size; no real archive has such. */
function requireApart(archive: string, entries: readonly NamedEntry[]): void {
  const sorted = [...entries].sort((a, b) => a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader);
  for (const [index, next] of sorted.entries()) {
    const previous = sorted[index - 1];
    if (previous === undefined) continue;
    const { relativeOffsetOfLocalHeader: start, compressedSize, fileNameLength } = previous.entry;
    if (start + localHeaderBytes + fileNameLength + compressedSize <= next.entry.relativeOffsetOfLocalHeader) continue;
    throw new RefusedArchive(
      archive,
      `is refused: its entries "${printablePath(previous.path)}" and "${printablePath(next.path)}" share their data, as in a decompression bomb; extract what you trust, and give the folder`,
    );
  }
}

function archivedFile(archive: ZipFile, { path, entry }: NamedEntry): ArchivedFile {
  const bytes = entry.uncompressedSize;
  const all = async (): Promise<Buffer> => {
    if (bytes > mostBytes)
      throw new ImageFault('too-large', `the file has ${bytes} bytes, more than the limit of ${mostBytes}`, 'make the file smaller');
    const content = await read(archive, entry, bytes);
    if (crc32(content) !== entry.crc32) throw new ImageFault('damaged', 'its checksum in the archive does not match');
    return content;
  };
  return {
    path,
    stamp: `${bytes} bytes, CRC-32 ${entry.crc32.toString(16).padStart(8, '0')}`,
    content: {
      bytes,
      start: (length) => read(archive, entry, Math.min(length, bytes)),
      end: async (length) => (await all()).subarray(-length),
      all,
    },
  };
}

/** The first bytes of an entry. No more is unpacked than that takes. */
async function read(archive: ZipFile, entry: Entry, length: number): Promise<Buffer> {
  if (!entry.canDecodeFileData())
    throw new ImageFault(
      'unsupported',
      `compressed by method ${entry.compressionMethod}, which is not read`,
      'extract the archive and give the folder',
    );
  const chunks: Buffer[] = [];
  let got = 0;
  try {
    for await (const chunk of (await archive.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      got += chunk.length;
      // A whole entry is read to its end, where its size is compared with what it claims.
      if (got >= length && length < entry.uncompressedSize) break;
    }
  } catch (error) {
    throw error instanceof Error && !('syscall' in error)
      ? new ImageFault('damaged', `cannot be unpacked (${error.message})`)
      : unreadable(error);
  }
  return Buffer.concat(chunks).subarray(0, length);
}
