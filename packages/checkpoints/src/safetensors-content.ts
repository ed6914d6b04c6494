import type { ByteSource } from './byte-source.js';
import { isSmallFloat, valuesOver, type DataByDtype, type Dtype } from './dtypes.js';
import { fileError } from './file-errors.js';
import { LENGTH_BYTES, MAX_HEADER_BYTES, parseHeader, type SafetensorsHeader, type TensorEntry } from './safetensors-header.js';
import { smallFloatsToFloat32 } from './small-floats.js';

/** A tensor of one element type. */
export interface TensorOf<D extends Dtype> {
  /** Element type of `data`; comparing it tells TypeScript which typed array `data` is. */
  readonly dtype: D;
  /** `[]` for a scalar. */
  readonly shape: number[];
  /** Elements in C order: the last axis runs fastest. */
  readonly data: DataByDtype[D];
}

/** A tensor in memory. */
export type StoredTensor = { [D in Dtype]: TensorOf<D> }[Dtype];

/** All of a file. */
export interface SafetensorsContent {
  /**
   * By name; floats of 16 and 8 bits as F32. A record puts names that are whole numbers first; `openSafetensors` gives
   * `entries` in the order of the header.
   */
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** An open file: its header is read and checked, its tensors are read one by one. */
export interface SafetensorsFile extends SafetensorsHeader {
  /** Path or name that it was opened by. */
  readonly path: string;
  /**
   * One tensor, in memory of its own. Floats of 16 and 8 bits arrive as F32.
   *
   * @param name the tensor's key in the file's header
   * @throws when there is no such tensor, it has complex numbers, or the file has become shorter.
   */
  read(name: string): Promise<StoredTensor>;
  /** Releases the file; `read` fails afterwards. */
  close(): Promise<void>;
}

async function readHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const { bytes: size } = source;
  if (size < LENGTH_BYTES) throw new Error(`a safetensors file has at least ${String(LENGTH_BYTES)} bytes, this one has ${String(size)}`);
  const length = new DataView(await source.read(0, LENGTH_BYTES)).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new Error(`the header would have ${String(length)} bytes, more than ${String(MAX_HEADER_BYTES)}; this is not a safetensors file`);
  }
  if (length > BigInt(size - LENGTH_BYTES)) {
    throw new Error(
      `the header would have ${String(length)} bytes, but the file has ${String(size)}; it is cut short or not a safetensors file`,
    );
  }
  return parseHeader(new Uint8Array(await source.read(LENGTH_BYTES, Number(length))), size);
}

async function readTensor(source: ByteSource, name: string, { dtype, begin, bytes, ...entry }: TensorEntry): Promise<StoredTensor> {
  if (dtype === 'C64')
    throw new Error(`tensor '${name}' has complex numbers (C64), which are not read; save their real and imaginary parts`);
  const shape = [...entry.shape];
  const buffer = await source.read(begin, bytes);
  if (isSmallFloat(dtype)) return { dtype: 'F32', shape, data: smallFloatsToFloat32(dtype, buffer) };
  return { dtype, shape, data: valuesOver(dtype, buffer) } as StoredTensor;
}

/**
 * Reads and checks a header; tensors are read when asked for.
 *
 * @param path names the file in messages
 * @param open gives the file's bytes; they are released when the header has a fault
 */
export async function openContent(path: string, open: () => Promise<ByteSource>): Promise<SafetensorsFile> {
  let source: ByteSource | undefined;
  try {
    source = await open();
    const header = await readHeader(source);
    const opened = source;
    return {
      ...header,
      path,
      async read(name) {
        const entry = header.entries.get(name);
        if (entry === undefined) throw new Error(`openSafetensors: ${path}: there is no tensor '${name}'`);
        try {
          return await readTensor(opened, name, entry);
        } catch (error) {
          throw fileError('openSafetensors', path, error);
        }
      },
      close: () => opened.close(),
    };
  } catch (error) {
    await source?.close();
    throw fileError('openSafetensors', path, error);
  }
}

/** All tensors of a file, which is closed at the end, also after a failure. */
export async function readContent(file: SafetensorsFile): Promise<SafetensorsContent> {
  try {
    const tensors: [string, StoredTensor][] = [];
    for (const name of file.entries.keys()) tensors.push([name, await file.read(name)]);
    return { tensors: Object.fromEntries(tensors), metadata: file.metadata };
  } finally {
    await file.close();
  }
}
