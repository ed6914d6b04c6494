import type { FileHandle } from 'node:fs/promises';
import { readExactly } from '../byte-transfer.js';
import { byteBudget } from './pickle-budget.js';
import { PickleEndsEarly } from './pickle-cursor.js';
import { readPickle, type PickleRules } from './pickle-machine.js';
import { describe, itemsOf, type PickleValue, type StorageValue } from './pickle-values.js';
import { findGlobal } from './python-globals.js';
import { findStorage } from './rebuild-tensor.js';
import { MAX_PICKLE_BYTES, type PyTorchParts } from './storage-source.js';

/** The first pickle of every such file: a number that nothing else begins with. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
const FIRST_PIECE = 1024 * 1024;
const COUNT_BYTES = 8;

/** Bytes of memory for the pickles that are not the value, which say little. */
const SMALL_PICKLE = 64 * 1024 * 1024;

/** Pickles one after another from the start of a file, which do not say how long they are. */
function pickleSequence(
  handle: FileHandle,
  fileBytes: number,
): { next(rules: PickleRules, limit?: number): Promise<PickleValue>; end(): number } {
  let bytes = new Uint8Array();
  let position = 0;
  const grow = async (): Promise<void> => {
    const length = Math.min(fileBytes, MAX_PICKLE_BYTES, Math.max(FIRST_PIECE, 8 * bytes.byteLength));
    bytes = new Uint8Array(await readExactly(handle, 0, length));
  };
  return {
    async next(rules, limit) {
      for (;;) {
        try {
          const { value, end } = readPickle(bytes, position, rules, byteBudget(limit));
          position = end;
          return value;
        } catch (error) {
          if (!(error instanceof PickleEndsEarly) || bytes.byteLength === fileBytes) throw error;
          if (bytes.byteLength === MAX_PICKLE_BYTES)
            throw new Error(`the pickles are longer than ${String(MAX_PICKLE_BYTES)} bytes; save only the tensors (state_dict())`, {
              cause: error,
            });
          await grow();
        }
      }
    },
    end: () => position,
  };
}

const NOTHING_OUTSIDE: PickleRules = {
  findGlobal,
  findPersistent: () => {
    throw new Error('the pickle refers to something outside it');
  },
};

async function readStart(next: (rules: PickleRules, limit: number) => Promise<PickleValue>): Promise<void> {
  const magic = await next(NOTHING_OUTSIDE, SMALL_PICKLE);
  if (magic !== MAGIC) throw new Error('this is a pickle, but not one of torch.save');
  const protocol = await next(NOTHING_OUTSIDE, SMALL_PICKLE);
  if (protocol !== PROTOCOL)
    throw new Error(
      `the file is of torch.save's protocol ${typeof protocol === 'number' ? String(protocol) : describe(protocol)}; known is ${String(PROTOCOL)}`,
    );
  const system = await next(NOTHING_OUTSIDE, SMALL_PICKLE);
  if (system instanceof Map && system.get('little_endian') === false)
    throw new Error('the file was written on a big-endian machine; only little-endian files are read');
}

/** Where each storage lies: after the pickles, in the order of the keys, each after its number of elements. */
async function locateStorages(
  handle: FileHandle,
  fileBytes: number,
  start: number,
  keys: readonly PickleValue[],
  storages: ReadonlyMap<string, StorageValue>,
): Promise<Map<string, { begin: number; bytes: number }>> {
  const places = new Map<string, { begin: number; bytes: number }>();
  let position = start;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined)
      throw new Error(`the file lists a storage that no tensor has: ${typeof key === 'string' ? JSON.stringify(key) : describe(key)}`);
    if (places.has(storage.key)) throw new Error(`the file lists storage ${JSON.stringify(key)} twice`);
    if (position + COUNT_BYTES > fileBytes)
      throw new Error(`the file ends before storage ${JSON.stringify(key)}; it is cut short, get it again`);
    const count = new DataView(await readExactly(handle, position, COUNT_BYTES)).getBigInt64(0, true);
    if (count !== BigInt(storage.storedCount))
      throw new Error(
        `storage ${JSON.stringify(key)} has ${String(count)} elements, the pickle says ${String(storage.storedCount)}; the file is damaged`,
      );
    const bytes = storage.storedCount * storage.elements.width;
    const begin = position + COUNT_BYTES;
    if (begin + bytes > fileBytes)
      throw new Error(`the file ends in the middle of storage ${JSON.stringify(key)}; it is cut short, get it again`);
    places.set(storage.key, { begin, bytes });
    position = begin + bytes;
  }
  return places;
}

/**
 * The parts of a file as torch.save wrote it before PyTorch 1.6: five pickles (a magic number, a protocol, the
 * writer's machine, the value, the keys of the storages), then the storages.
 */
export async function openLegacyLayout(handle: FileHandle, fileBytes: number): Promise<PyTorchParts> {
  const sequence = pickleSequence(handle, fileBytes);
  await readStart((rules, limit) => sequence.next(rules, limit));
  const storages = new Map<string, StorageValue>();
  const findPersistent = (id: PickleValue): PickleValue => {
    const storage = findStorage(id);
    const before = storages.get(storage.key);
    if (before !== undefined && (before.elements.name !== storage.elements.name || before.storedCount !== storage.storedCount)) {
      throw new Error(`storage ${JSON.stringify(storage.key)} is described in two ways`);
    }
    storages.set(storage.key, storage);
    return storage;
  };
  const value = await sequence.next({ findGlobal, findPersistent });
  const keys = itemsOf(await sequence.next(NOTHING_OUTSIDE, SMALL_PICKLE));
  if (keys === undefined) throw new Error('the file has no list of its storages');
  const places = await locateStorages(handle, fileBytes, sequence.end(), keys, storages);
  return {
    value,
    storageBytes: (key) => places.get(key)?.bytes,
    async readStorage(key) {
      const place = places.get(key);
      if (place === undefined) throw new Error(`the file has no storage ${JSON.stringify(key)}`);
      return readExactly(handle, place.begin, place.bytes);
    },
  };
}
