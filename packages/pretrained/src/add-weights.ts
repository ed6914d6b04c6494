import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  openPyTorchFile,
  openSafetensors,
  tensorsByName,
  writeSafetensors,
  type PyTorchTensor,
  type StoredTensor,
  type TensorSource,
} from '@stargan/checkpoints';
import { fileChecksum } from './checksum.js';
import { KINDS, mismatch, recognizeKind, WEIGHT_KINDS, type NamedShape, type WeightKind } from './kinds.js';
import { storedWeightsFile, weightsFolder, writeRecord, type StoredWeights } from './weights-cache.js';

/** Options of {@link addWeights}. */
export interface AddOptions {
  /** The kind of weights that the file must hold; recognised by default. */
  readonly kind?: WeightKind;
  /** Where weights are kept; stargan's cache by default. */
  readonly folder?: string;
  /** Where the file came from. */
  readonly url?: string;
}

interface OpenWeights {
  readonly tensors: readonly NamedShape[];
  readonly read: (name: string) => Promise<StoredTensor>;
  readonly close: () => Promise<void>;
}

async function openWeights(file: string): Promise<OpenWeights> {
  if (path.extname(file) === '.safetensors') {
    const opened = await openSafetensors(file);
    const tensors = Array.from(opened.entries, ([name, { shape }]) => ({ name, shape }));
    return { tensors, read: (name) => opened.read(name), close: () => opened.close() };
  }
  const opened = await openPyTorchFile(file, { narrowDoubles: true });
  try {
    // A tensor that cannot be read is reported as missing, if it is needed at all.
    const named = tensorsByName<PyTorchTensor>(opened.value, { stripPrefix: 'module.', onUnread: () => undefined });
    const tensors = Array.from(named, ([name, { shape }]) => ({ name, shape }));
    return { tensors, read: (name) => opened.read(named.get(name)!), close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** The kind of a file's tensors. @throws saying what was expected and what was found */
function requireKind(file: string, tensors: readonly NamedShape[], wanted: WeightKind | undefined): WeightKind {
  if (wanted !== undefined) {
    const fault = mismatch(wanted, tensors);
    if (fault !== undefined) throw new Error(`${file} does not hold ${wanted}: ${fault}`);
    return wanted;
  }
  const kind = recognizeKind(tensors);
  if (kind !== undefined) return kind;
  const some = tensors.slice(0, 3).map(({ name, shape }) => `${name.slice(0, 80)} [${shape.join(', ')}]`);
  throw new Error(
    `${file} holds none of the known weights (${WEIGHT_KINDS.join(', ')}); it has ${tensors.length} tensors${some.length > 0 ? `: ${some.join(', ')}, …` : ''}`,
  );
}

/** The tensors of a kind under the names that are kept, each read when its turn comes. */
function* convert({ tensors, read }: OpenWeights, kind: WeightKind): Generator<readonly [string, TensorSource]> {
  for (const { name, shape } of tensors) {
    const to = KINDS[kind].keep(name);
    if (to === undefined) continue;
    const data = async (): Promise<Float32Array> => {
      const tensor = await read(name);
      if (tensor.dtype !== 'F32') throw new Error(`${name} must hold floats, got ${tensor.dtype}`);
      return tensor.data;
    };
    yield [to, { dtype: 'F32', shape, data }];
  }
}

/**
 * Converts a file of pretrained weights, recognised by the names and shapes of its tensors, and keeps the result.
 * The file is read as data; nothing in it is run.
 *
 * @param file a PyTorch or safetensors file, which stays where it is
 * @throws when the file cannot be read or holds no known weights
 */
export async function addWeights(file: string, { kind: wanted, folder = weightsFolder(), url }: AddOptions = {}): Promise<StoredWeights> {
  const opened = await openWeights(file);
  try {
    const kind = requireKind(file, opened.tensors, wanted);
    const source = { name: path.basename(file), bytes: (await stat(file)).size, sha256: await fileChecksum(file) };
    await mkdir(folder, { recursive: true });
    const result = storedWeightsFile(kind, folder);
    await writeSafetensors(result, convert(opened, kind), { kind, source: source.name, source_sha256: source.sha256 });
    return await writeRecord(
      {
        formatVersion: 1,
        kind,
        source: { ...source, url },
        result: { name: path.basename(result), bytes: (await stat(result)).size, sha256: await fileChecksum(result) },
        added: new Date().toISOString(),
      },
      folder,
    );
  } finally {
    await opened.close();
  }
}
