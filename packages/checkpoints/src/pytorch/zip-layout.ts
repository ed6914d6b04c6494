import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { readExactly } from '../byte-transfer.js';
import { readPickle } from './pickle-machine.js';
import { findGlobal } from './python-globals.js';
import { findStorage } from './rebuild-tensor.js';
import { MAX_PICKLE_BYTES, type PyTorchParts } from './storage-source.js';
import { findContent, readZipDirectory, type ZipEntry } from './zip-directory.js';

const STORED = 0;
const DEFLATED = 8;
const PICKLE = 'data.pkl';

/** The folder, with its slash, that torch.save puts everything into. */
function findRoot(names: readonly string[]): string {
  const roots = names.filter((name) => /^[^/]*\/data\.pkl$/.test(name)).map((name) => name.slice(0, -PICKLE.length));
  const [root] = roots;
  if (root === undefined) throw new Error(`the zip archive has no ${PICKLE} in a folder of its own; this is no file of torch.save`);
  const stray = names.find((name) => !name.startsWith(root));
  if (stray !== undefined)
    throw new Error(`the zip archive has ${JSON.stringify(stray)} beside ${JSON.stringify(root)}; torch.save writes one folder`);
  if (names.some((name) => name.startsWith(`${root}code/`))) {
    throw new Error(
      'the file is a TorchScript program, not a file of tensors; save only its tensors: torch.save(torch.jit.load(path).state_dict(), path)',
    );
  }
  return root;
}

const inflate = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw);

/** An archive that is open. */
interface Archive {
  readonly handle: FileHandle;
  readonly fileBytes: number;
  /** Whether sums are compared. */
  readonly verify: boolean;
}

/** All of an entry, decompressed and checked against its sum. */
async function readEntry({ handle, fileBytes, verify }: Archive, entry: ZipEntry): Promise<ArrayBuffer> {
  const { name, encrypted, method, compressedSize, size, crc } = entry;
  if (encrypted) throw new Error(`${JSON.stringify(name)} is encrypted`);
  if (method !== STORED && method !== DEFLATED)
    throw new Error(`${JSON.stringify(name)} has the unsupported compression method ${String(method)}; it must be stored or deflated`);
  const start = await findContent(handle, fileBytes, entry);
  const packed = await readExactly(handle, start, compressedSize);
  const content = method === STORED ? packed : await unpack(name, packed, size);
  // A writer that computes no sums leaves them 0.
  if (verify && crc !== 0 && crc32(new Uint8Array(content)) !== crc) {
    throw new Error(
      `the bytes of ${JSON.stringify(name)} are not those that were written (their CRC-32 differs): they are damaged, or were changed in place, as a shared memory map does; ` +
        "get the file again, or read it with sums: 'ignore' if you know that it was changed in place",
    );
  }
  return content;
}

async function unpack(name: string, packed: ArrayBuffer, size: number): Promise<ArrayBuffer> {
  // A stream that unpacks to more than it said is stopped there. (Zero is not a limit that zlib takes.)
  const content = await inflate(new Uint8Array(packed), { maxOutputLength: Math.max(1, size) }).catch((error: unknown) => {
    throw new Error(`${JSON.stringify(name)} is damaged: it does not unpack to ${String(size)} bytes`, { cause: error });
  });
  if (content.byteLength !== size)
    throw new Error(`${JSON.stringify(name)} is damaged: it unpacks to ${String(content.byteLength)} bytes, not ${String(size)}`);
  return content.byteLength === content.buffer.byteLength ? (content.buffer as ArrayBuffer) : new Uint8Array(content).buffer;
}

/** Compressed data are to be announced honestly, and bytes to be there, before memory is taken for them. */
function requirePlausible({ name, size, compressedSize }: ZipEntry, limit: number): void {
  if (size > limit)
    throw new Error(
      `${JSON.stringify(name)} would take ${String(size)} bytes of memory, more than ${String(limit)}; raise maxBytes if you trust the file`,
    );
  // Deflate shrinks by a factor of 1032 at most.
  if (size > 1032 * (compressedSize + 1))
    throw new Error(`${JSON.stringify(name)} claims ${String(size)} bytes from ${String(compressedSize)}; the file is damaged or hostile`);
}

/**
 * The parts of a zip archive of torch.save (PyTorch 1.6 and later): `name/data.pkl` and `name/data/KEY`.
 *
 * @param limit bytes of memory that an entry may take
 * @param verify whether the sums of entries are compared
 */
export async function openZipLayout(handle: FileHandle, fileBytes: number, limit: number, verify: boolean): Promise<PyTorchParts> {
  const entries = await readZipDirectory(handle, fileBytes);
  const root = findRoot([...entries.keys()]);
  const read = async (name: string, most: number): Promise<ArrayBuffer> => {
    const entry = entries.get(root + name);
    if (entry === undefined) throw new Error(`the zip archive has no ${JSON.stringify(root + name)}`);
    requirePlausible(entry, most);
    return readEntry({ handle, fileBytes, verify }, entry);
  };
  if (entries.has(`${root}byteorder`)) {
    const order = Buffer.from(await read('byteorder', 16)).toString('latin1');
    if (order !== 'little')
      throw new Error(`the file was written on a ${JSON.stringify(order)} endian machine; only little-endian files are read`);
  }
  const pickle = new Uint8Array(await read(PICKLE, MAX_PICKLE_BYTES));
  const { value } = readPickle(pickle, 0, { findGlobal, findPersistent: findStorage });
  return {
    value,
    storageBytes: (key) => entries.get(`${root}data/${key}`)?.size,
    readStorage: (key) => read(`data/${key}`, limit),
  };
}
