import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { openSafetensors, type FileContent, type SafetensorsFile, type StoredTensor, type TensorSource } from '@stargan/checkpoints';
import type { Constant } from '@stargan/generator';
import { fromTorchLayout, torchShape, toTorchLayout, type ParameterSpec } from '@stargan/layers';

/**
 * Tensors as a file holds them: PyTorch's layout and the reference's keys, each read only when its turn comes.
 *
 * @param specs of the network: names, shapes and kinds
 * @param tensors the network's weights by name; they must live until the last one has been read
 * @param prefix put before each key
 */
export function* storedTensors(
  specs: readonly ParameterSpec[],
  tensors: Readonly<Record<string, Tensor>>,
  prefix = '',
): Generator<readonly [string, TensorSource]> {
  for (const spec of specs) {
    const data = (): Float32Array => {
      const torch = toTorchLayout(spec, tensors[spec.name]!);
      const values = torch.dataSync<'float32'>();
      torch.dispose();
      return values;
    };
    yield [prefix + spec.name, { dtype: 'F32', shape: torchShape(spec), data }];
  }
}

/** Metadata of a file whose writer rounded weights to half floats on purpose, to be loaded and not to be trained on. */
export const ROUNDED_WEIGHTS: Readonly<Record<string, string>> = { precision: 'float16' };

/** What {@link readStoredTensors} gives. */
export interface StoredGroups {
  /** The tensors of each prefix by their names without it; the caller owns them. */
  readonly groups: Record<string, Tensor>[];
  /** Free text by key, of the file's header. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Options of {@link readStoredTensors}. */
export interface StoredTensorsOptions {
  /** Put before each key, a group of tensors each; by default one group without a prefix. */
  prefixes?: readonly string[];
  /** Names of {@link storedConstants}, which may be there and are passed over. */
  constants?: readonly string[];
  /** Whether half floats are taken as well, where {@link ROUNDED_WEIGHTS} are in the file's metadata. */
  roundedToo?: boolean;
  /** Names the file in messages where its content is given. */
  path?: string;
}

/**
 * Reads a file that holds these parameters once for each prefix, and nothing else but the network's constants.
 *
 * @param file its path, or its content, which is as {@link storedTensors} gives it
 * @param specs of a network
 * @param options `prefixes` put before each key; names of `constants`, which may be there and are passed over; whether weights that were `roundedToo` float16 are taken; `path` of a file given as content
 * @throws naming the file and the tensor: one that is missing, not expected, of another type or shape, or not finite
 */
export async function readStoredTensors(
  file: FileContent | string,
  specs: readonly ParameterSpec[],
  { prefixes = [''], constants = [], roundedToo = false, path }: StoredTensorsOptions = {},
): Promise<StoredGroups> {
  const opened = await openSafetensors(file, path);
  const groups: Record<string, Tensor>[] = [];
  try {
    requireExpectedTensors(opened, specs, prefixes, constants, roundedToo);
    for (const prefix of prefixes) {
      const stored: Record<string, StoredTensor> = {};
      for (const { name } of specs) {
        stored[prefix + name] = await opened.read(prefix + name);
        requireFiniteValues(opened.path, prefix + name, stored[prefix + name]!);
      }
      groups.push(restoreTensors(specs, stored, opened.path, prefix));
    }
    return { groups, metadata: opened.metadata };
  } catch (error) {
    for (const group of groups) for (const owned of Object.values(group)) owned.dispose();
    throw error;
  } finally {
    await opened.close();
  }
}

function requireExpectedTensors(
  { path, entries, metadata }: SafetensorsFile,
  specs: readonly ParameterSpec[],
  prefixes: readonly string[],
  constants: readonly string[],
  roundedToo: boolean,
): void {
  const areHalvesMeant = roundedToo && metadata.precision === ROUNDED_WEIGHTS.precision;
  const expected = new Set(prefixes.flatMap((prefix) => specs.map(({ name }) => prefix + name)));
  for (const name of expected) {
    const entry = entries.get(name);
    if (entry === undefined) throw new Error(`${path}: tensor ${name} is missing; the file belongs to another model`);
    // The reader would widen half floats: the rounding of whoever wrote them must not pass for the trained values.
    if (entry.dtype !== 'F32' && !(areHalvesMeant && entry.dtype === 'F16'))
      throw new Error(`${path}: tensor ${name} must be F32, got ${entry.dtype}; the file was changed after it was written`);
  }
  const extra = [...entries.keys()].filter((name) => !expected.has(name) && !constants.includes(name));
  if (extra.length > 0)
    throw new Error(
      `${path}: tensor ${extra[0]}${extra.length > 1 ? ` (and ${extra.length - 1} more)` : ''} is not one of the model's; the file belongs to another model`,
    );
}

function requireFiniteValues(file: string, name: string, { data }: StoredTensor): void {
  const values = data as Float32Array;
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new Error(`${file}: tensor ${name} holds ${values[at]}; the checkpoint cannot be used, take an earlier one`);
}

/**
 * Constants of a network as a file holds them, for the reference's `load_state_dict`; they are passed over when read.
 *
 * @param network one whose `constants`, if it has any, are no parameters
 */
export function* storedConstants(network: object): Generator<readonly [string, TensorSource]> {
  const { constants = {} } = network as { readonly constants?: Readonly<Record<string, Constant>> };
  for (const [name, { shape, values }] of Object.entries(constants)) yield [name, { dtype: 'F32', shape, data: values }];
}

/**
 * Tensors read from a file, in our layout; the caller owns them.
 *
 * @param specs of the network: names, shapes and kinds
 * @param stored what the file holds, by key
 * @param origin names the file in messages
 * @param prefix stands before each name in the keys; none by default
 * @throws when a tensor is missing, or its type or shape do not fit the network
 */
export function restoreTensors(
  specs: readonly ParameterSpec[],
  stored: Readonly<Record<string, StoredTensor>>,
  origin: string,
  prefix = '',
): Record<string, Tensor> {
  const restored: Record<string, Tensor> = {};
  try {
    for (const spec of specs) {
      const entry = stored[prefix + spec.name];
      if (entry === undefined) throw new Error(`${origin}: tensor ${prefix + spec.name} is missing; the file belongs to another model`);
      if (!(entry.data instanceof Float32Array)) throw new Error(`${origin}: tensor ${prefix + spec.name} must be F32, got ${entry.dtype}`);
      const torch = tensor(entry.data, [...entry.shape]);
      try {
        restored[spec.name] = fromTorchLayout(spec, torch);
      } catch (error) {
        throw new Error(`${origin}: ${(error as Error).message}; the file belongs to a model of other sizes`, { cause: error });
      } finally {
        torch.dispose();
      }
    }
    return restored;
  } catch (error) {
    for (const owned of Object.values(restored)) owned.dispose();
    throw error;
  }
}
