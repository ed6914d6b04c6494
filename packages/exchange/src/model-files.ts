import { openCheckpoint, openSafetensors, type Checkpoint, type TensorSource } from '@stargan/checkpoints';
import { torchShape, type ParameterSpec } from '@stargan/layers';
import {
  averageFile,
  averageFiles,
  filesOf,
  findModel,
  REFERENCE_NAMES,
  storedConstants,
  weightsFile,
  type EmaNetwork,
  type NetworkName,
  type OpenedRecord,
} from '@stargan/training';
import { requireFit } from './reference/fit.js';

/** Which model is exported, and where to. */
export interface ExportOptions {
  /** Folder of the run, or of one of its checkpoints. */
  readonly run: string;
  /** Folder that is written to. */
  readonly out: string;
  /** Iteration of the checkpoint; the newest whole one by default. */
  readonly iteration?: number | undefined;
  /** Gives the checkpoint instead. */
  readonly find?: (() => Promise<Checkpoint>) | undefined;
  /** Aborting it ends the export; files that are whole by then stay. */
  readonly signal?: AbortSignal | undefined;
}

/** A file that was written. */
export interface ExportedFile {
  /** Path. */
  readonly path: string;
  /** Size in bytes. */
  readonly bytes: number;
}

/** A model whose files are read one tensor at a time. */
export interface ModelFiles extends OpenedRecord {
  readonly checkpoint: Checkpoint;
  /** Whether the checkpoint holds what training goes on from, beside the moving averages. */
  readonly isResumable: boolean;
  /** Aborting it makes the next tensor fail to be read. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Finds a model and compares the files of its checkpoint with their checksums.
 *
 * @param wanted whether the files that training goes on from are read as well, or the moving averages alone
 */
export async function findModelFiles(
  { run, iteration, find, signal }: Pick<ExportOptions, 'run' | 'iteration' | 'find' | 'signal'>,
  wanted: 'all' | 'averages',
): Promise<ModelFiles> {
  const { find: findCheckpoint, ...record } = await findModel(run, { iteration, find });
  const found = await findCheckpoint();
  const only = wanted === 'all' ? undefined : (name: string) => averageFiles().includes(name);
  const checkpoint = await openCheckpoint(filesOf(found), { verify: 'sha256', only });
  const isResumable = checkpoint.manifest.files.some(({ name }) => name === weightsFile('generator'));
  return { ...record, checkpoint, isResumable, signal };
}

/** A tensor that is read when its turn comes. */
export interface LazyTensor extends TensorSource {
  readonly dtype: 'F32';
  readonly data: () => Promise<Float32Array>;
}

/** An open file of a checkpoint, with the tensors of a network. */
export interface NetworkFile {
  /** The network's tensors in PyTorch's layout by the reference's keys, each read when its turn comes. */
  readonly tensors: (prefix?: string) => Generator<readonly [string, LazyTensor]>;
  /** Free text by key, of the file's header. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/**
 * Opens a file of a checkpoint that holds a network's tensors once for each prefix.
 *
 * @param specs of those that it holds; all of the network's by default
 * @throws naming the file and the tensors that are missing, not expected or of another shape
 */
export async function openNetworkFile(
  model: ModelFiles,
  network: NetworkName,
  file: string,
  prefixes: readonly string[] = [''],
  specs: readonly ParameterSpec[] = model.networks[network].specs,
): Promise<NetworkFile> {
  const files = filesOf(model.checkpoint);
  const opened = await openSafetensors(await files.content(file), files.locate(file));
  try {
    const constants = [...storedConstants(model.networks[network])].map(([name]) => name);
    const expected = prefixes.flatMap((prefix) => specs.map((spec): ParameterSpec => ({ ...spec, name: prefix + spec.name })));
    requireFit(REFERENCE_NAMES[network], expected, opened.entries, constants);
  } catch (error) {
    await opened.close();
    throw new Error(`${opened.path}: ${(error as Error).message}`, { cause: error });
  }
  return {
    metadata: opened.metadata,
    close: () => opened.close(),
    *tensors(prefix = '') {
      for (const spec of specs) {
        const data = async (): Promise<Float32Array> => {
          model.signal?.throwIfAborted();
          const stored = await opened.read(prefix + spec.name);
          if (stored.dtype !== 'F32') throw new Error(`${opened.path}: tensor ${prefix}${spec.name} must be F32, got ${stored.dtype}`);
          return stored.data;
        };
        yield [spec.name, { dtype: 'F32', shape: torchShape(spec), data }];
      }
    },
  };
}

/** Opens the moving averages of a network, hands them to `use`, and closes the file. */
export async function withAverages<Result>(
  model: ModelFiles,
  network: EmaNetwork,
  use: (file: NetworkFile) => Promise<Result>,
): Promise<Result> {
  const file = await openNetworkFile(model, network, averageFile(network));
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/**
 * Makes sure that a model's networks are the reference's.
 *
 * @param config of the model
 * @param keys of the config that settle it
 * @param format that is written, for the message
 * @throws naming the network that is another one
 */
export function requireReferenceNetworks(
  { config }: Pick<ModelFiles, 'config'>,
  keys: readonly (keyof typeof REFERENCE_ARCHITECTURE)[],
  format: string,
): void {
  for (const key of keys) {
    if (config[key] === REFERENCE_ARCHITECTURE[key]) continue;
    throw new Error(
      `${format} is written of the networks of StarGAN v2, with ${key} '${REFERENCE_ARCHITECTURE[key]}'; this model has '${config[key]}'. Export it for tfjs, which keeps any`,
    );
  }
}

/** Values of the architecture that are the reference's. */
const REFERENCE_ARCHITECTURE = {
  conditioning: 'style',
  injection: 'adain',
  mappingNetwork: 'branches',
  styleEncoder: 'branches',
  discriminator: 'branches',
} as const;
