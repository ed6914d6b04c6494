import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { readExactly } from '../byte-transfer.js';
import { messageOf } from '../file-errors.js';
import { readPickle } from './pickle-machine.js';
import { findGlobal } from './python-globals.js';
import { findStorage } from './rebuild-tensor.js';
import { MAX_PICKLE_BYTES, type PyTorchParts } from './storage-source.js';

const MAX_ENTRIES = 1_000_000;
const STORED = 0;
const PICKLE = 'data.pkl';

async function openZip(handle: FileHandle): Promise<ZipFile> {
  try {
    return await fromFdPromise(handle.fd, { autoClose: false, lazyEntries: true, strictFileNames: true });
  } catch (error) {
    throw new Error(`the zip archive cannot be read (${messageOf(error).replace(/\.$/, '')}): the file is cut short or damaged, get it again`, { cause: error });
  }
}

/** Entries by name. Two of one name would let two readers see two files. */
async function readEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > MAX_ENTRIES) throw new Error(`the zip archive has ${String(zip.entryCount)} entries; up to ${String(MAX_ENTRIES)} are read`);
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName)) throw new Error(`the zip archive has two entries ${JSON.stringify(entry.fileName)}`);
    entries.set(entry.fileName, entry);
  }
  return entries;
}

/** The folder, with its slash, that torch.save puts everything into. */
function findRoot(names: readonly string[]): string {
  const roots = names.filter((name) => /^[^/]*\/data\.pkl$/.test(name)).map((name) => name.slice(0, -PICKLE.length));
  const [root] = roots;
  if (root === undefined) throw new Error(`the zip archive has no ${PICKLE} in a folder of its own; this is no file of torch.save`);
  const stray = names.find((name) => !name.startsWith(root));
  if (stray !== undefined) throw new Error(`the zip archive has ${JSON.stringify(stray)} beside ${JSON.stringify(root)}; torch.save writes one folder`);
  if (names.some((name) => name.startsWith(`${root}code/`))) {
    throw new Error('the file is a TorchScript program, not a file of tensors; save only its tensors: torch.save(torch.jit.load(path).state_dict(), path)');
  }
  return root;
}

/** All of an entry, decompressed and checked against its sum. */
async function readEntry(zip: ZipFile, handle: FileHandle, entry: Entry): Promise<ArrayBuffer> {
  if (entry.isEncrypted()) throw new Error(`${JSON.stringify(entry.fileName)} is encrypted`);
  let content: ArrayBuffer;
  if (entry.compressionMethod === STORED) {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    content = await readExactly(handle, fileDataStart, entry.uncompressedSize);
  } else {
    content = await inflate(zip, entry);
  }
  const sum = crc32(new Uint8Array(content));
  if (sum !== entry.crc32) throw new Error(`the bytes of ${JSON.stringify(entry.fileName)} are not those that were written (their CRC-32 differs); get the file again`);
  return content;
}

async function inflate(zip: ZipFile, entry: Entry): Promise<ArrayBuffer> {
  const content = new Uint8Array(new ArrayBuffer(entry.uncompressedSize));
  let done = 0;
  // yauzl ends the stream with an error as soon as it is longer or shorter than the entry says.
  for await (const piece of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>) {
    content.set(piece, done);
    done += piece.byteLength;
  }
  return content.buffer;
}

/** Compressed data are to be announced honestly, and bytes to be there, before memory is taken for them. */
function requirePlausible(entry: Entry, limit: number): void {
  const { fileName, uncompressedSize: size, compressedSize } = entry;
  if (size > limit) throw new Error(`${JSON.stringify(fileName)} would take ${String(size)} bytes of memory, more than ${String(limit)}; raise maxBytes if you trust the file`);
  // Deflate shrinks by a factor of 1032 at most.
  if (size > 1032 * (compressedSize + 1)) throw new Error(`${JSON.stringify(fileName)} claims ${String(size)} bytes from ${String(compressedSize)}; the file is damaged or hostile`);
}

/**
 * The parts of a zip archive of torch.save (PyTorch 1.6 and later): `name/data.pkl` and `name/data/KEY`.
 *
 * @param limit bytes of memory that an entry may take
 */
export async function openZipLayout(handle: FileHandle, limit: number): Promise<PyTorchParts> {
  const zip = await openZip(handle);
  const entries = await readEntries(zip).catch((error: unknown) => {
    throw new Error(`the zip archive's table of contents is damaged: ${messageOf(error)}`, { cause: error });
  });
  const root = findRoot([...entries.keys()]);
  const read = async (name: string, most: number): Promise<ArrayBuffer> => {
    const entry = entries.get(root + name);
    if (entry === undefined) throw new Error(`the zip archive has no ${JSON.stringify(root + name)}`);
    requirePlausible(entry, most);
    return readEntry(zip, handle, entry);
  };
  if (entries.has(`${root}byteorder`)) {
    const order = Buffer.from(await read('byteorder', 16)).toString('latin1');
    if (order !== 'little') throw new Error(`the file was written on a ${JSON.stringify(order)} endian machine; only little-endian files are read`);
  }
  const pickle = new Uint8Array(await read(PICKLE, MAX_PICKLE_BYTES));
  const { value } = readPickle(pickle, 0, { findGlobal, findPersistent: findStorage });
  return {
    value,
    storageBytes: (key) => entries.get(`${root}data/${key}`)?.uncompressedSize,
    readStorage: (key) => read(`data/${key}`, limit),
  };
}
