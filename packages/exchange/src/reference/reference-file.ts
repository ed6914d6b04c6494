import { basename } from 'node:path';
import { openPyTorchFile, type PyTorchTensor } from '@stargan/checkpoints';
import { NETWORK_NAMES, REFERENCE_NAMES, type NetworkName } from '@stargan/training';
import { describeValue, isDict, isTensor, keyName, textKeys, type PythonDict } from './python-values.js';
import { fewOf, printable } from './printable.js';

/** What the reference writes: `nets` is what it trains, `nets_ema` the moving averages, `optims` the states of its optimisers. */
export type ReferenceRole = 'nets' | 'nets_ema' | 'optims';

/** Tensors of a network that are still to be read, by key. */
export type NetworkTensors = ReadonlyMap<string, PyTorchTensor>;

/** An open file of the reference. */
export interface ReferenceFile {
  readonly path: string;
  readonly role: ReferenceRole;
  /** Its networks; none in the file of the optimisers. */
  readonly networks: ReadonlyMap<NetworkName, NetworkTensors>;
  /** The optimisers' states by network; none in the other files. */
  readonly optimizers: ReadonlyMap<NetworkName, PythonDict>;
  /** What of the file is left out, and why. */
  readonly notes: readonly string[];
  /** Values of a tensor, float64 narrowed. @throws unless they are floats, and finite */
  readonly read: (name: string, tensor: PyTorchTensor) => Promise<Float32Array>;
  readonly close: () => Promise<void>;
}

/** What wrapping a network with DataParallel puts before each key. */
const WRAPPED = 'module.';

const isOptimizer = (value: unknown): boolean =>
  value instanceof Map && (value as PythonDict).has('state') && (value as PythonDict).has('param_groups');

const foreign = (value: Parameters<typeof describeValue>[0]): Error =>
  new Error(
    `it holds ${describeValue(value)}: not StarGAN v2, whose checkpoints hold state dicts called generator, mapping_network, style_encoder and discriminator; name the files that end in _nets_ema.ckpt, _nets.ckpt and _optims.ckpt`,
  );

/**
 * Opens a file of the reference and tells by its content which it is.
 *
 * @param signal aborting it makes the next `read` fail
 * @throws naming the file, and what it holds instead
 */
export async function openReferenceFile(path: string, signal?: AbortSignal): Promise<ReferenceFile> {
  const file = await openPyTorchFile(path, { narrowDoubles: true });
  try {
    const { value } = file;
    if (!isDict(value) || !value.has(REFERENCE_NAMES.generator)) throw foreign(value);
    const isOptims = [...value.values()].every(isOptimizer);
    const notes = leftOut(basename(path), value);
    const read: ReferenceFile['read'] = async (name, tensor) => {
      signal?.throwIfAborted();
      return finiteFloats(path, name, (await file.read(tensor)).data);
    };
    const common = { path, notes, read, close: () => file.close() };
    if (isOptims) return { ...common, role: 'optims', networks: new Map(), optimizers: known(value, (_, state) => state) };
    const networks = known(value, tensorsOf);
    return { ...common, role: networks.has('discriminator') ? 'nets' : 'nets_ema', networks, optimizers: new Map() };
  } catch (error) {
    await file.close();
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** The networks that are known, each converted. */
function known<Result>(dict: PythonDict, convert: (name: string, value: PythonDict) => Result): Map<NetworkName, Result> {
  return new Map(
    NETWORK_NAMES.flatMap((network): [NetworkName, Result][] => {
      const name = REFERENCE_NAMES[network];
      const value = dict.get(name);
      if (value === undefined) return [];
      if (!isDict(value)) throw new Error(`${name} must be a state dict, and is ${describeValue(value)}; the file is not StarGAN v2's`);
      return [[network, convert(name, value)]];
    }),
  );
}

/** A network's tensors by key, without the prefix of DataParallel. */
function tensorsOf(network: string, dict: PythonDict): NetworkTensors {
  const tensors = new Map<string, PyTorchTensor>();
  for (const [key, value] of dict) {
    if (typeof key !== 'string' || !isTensor(value))
      throw new Error(
        `${network} must hold tensors by name, and under ${keyName(key)} is ${describeValue(value)}; save state_dict() in Python`,
      );
    const name = key.startsWith(WRAPPED) ? key.slice(WRAPPED.length) : key;
    if (tensors.has(name)) throw new Error(`${network} holds ${printable(name)} twice, with and without ${WRAPPED}; keep one of them`);
    tensors.set(name, value);
  }
  return tensors;
}

/** What else a file has beside the networks. */
function leftOut(file: string, dict: PythonDict): string[] {
  const names: string[] = Object.values(REFERENCE_NAMES);
  const isEmpty = (name: string): boolean => (dict.get(name) as Partial<PythonDict> | null)?.size === 0;
  const others = textKeys(dict).filter((name) => !names.includes(name) && !isEmpty(name));
  if (others.length === 0) return [];
  const landmarks = others.includes('fan') ? '; fan finds face landmarks, and is no part of StarGAN v2' : '';
  return [`${file}: left out ${fewOf(others)}${landmarks}`];
}

function finiteFloats(path: string, name: string, data: unknown): Float32Array {
  if (!(data instanceof Float32Array)) throw new Error(`${path}: tensor ${printable(name)} must hold floats; the file is not StarGAN v2's`);
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new Error(`${path}: tensor ${printable(name)} holds ${data[at]} at ${at}; take an earlier checkpoint`);
  return data;
}
