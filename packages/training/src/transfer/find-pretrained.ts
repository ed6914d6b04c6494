import type { Checkpoint, FolderSource } from '@stargan/checkpoints';
import { ConfigError } from '@stargan/config';
import { averageFile, weightsFile } from '../files/file-names.js';
import type { ModelRecord } from '../files/model-record.js';
import { findModel, type OpenModelOptions } from '../files/open-model.js';
import { filesOf, readEach, readWeights } from '../files/read-averages.js';
import { EMA_NETWORKS, NETWORK_NAMES, withParameters, type NetworkName, type Networks, type WeightsOf } from '../networks/networks.js';
import { disposeAll } from '../networks/weights.js';

/** Which weights of generator, mapping network and style encoder a training begins from: the moving averages, or those that were trained. */
export type PretrainedKind = 'ema' | 'live';

/** Where weights are from, as the record of a training that began with them keeps it. */
export interface WeightsOrigin {
  /** Name of the folder of the run, or of the checkpoint. */
  readonly run: string;
  /** Iteration of the checkpoint. */
  readonly iteration: number;
  /** Which weights of generator, mapping network and style encoder. */
  readonly weights: PretrainedKind;
  /** SHA-256 of the files that were read, by their names. */
  readonly files: Readonly<Record<string, string>>;
}

/** Weights that were read. */
export interface PretrainedWeights {
  /** Of the networks that the checkpoint holds; the caller owns them. */
  readonly weights: Partial<WeightsOf>;
  /** Where they are from. */
  readonly origin: WeightsOrigin;
}

/** A trained model whose weights a training can begin with. */
export interface Pretrained extends ModelRecord {
  /** The checkpoint as it was found. */
  readonly checkpoint: Checkpoint;
  /** Networks whose weights it holds: all, or those that make images where it holds the moving averages alone. */
  readonly holds: readonly NetworkName[];
  /** Which weights are meant. */
  readonly kind: PretrainedKind;
  /**
   * Reads the weights. Where a training has removed the checkpoint meanwhile, the newest one is looked for again.
   *
   * @throws naming the file and the fault, such as a tensor that is not finite
   */
  readonly read: () => Promise<PretrainedWeights>;
}

/** Which weights are taken. */
export interface FindPretrainedOptions extends Omit<OpenModelOptions, 'reads'> {
  /**
   * Of generator, mapping network and style encoder: the moving averages (`'ema'`, default), which samples are made with, or the `'live'`
   * weights that were trained. The discriminator has no moving averages.
   */
  readonly weights?: PretrainedKind;
}

/** How often a checkpoint may vanish while it is read. */
const ATTEMPTS = 5;

/**
 * Finds a trained model whose weights a training is to begin with, without reading them. It may be one that is being trained, or one that
 * was imported and holds its moving averages alone: then there is no discriminator.
 *
 * @param source the folder of a run or of one of its checkpoints: a path (in a browser a URL), a URL, or files by name
 * @param options which checkpoint, how it is checked, and which of its weights
 * @throws naming the folder where it holds no model or no whole checkpoint, and {@link ConfigError} where it has no live weights
 */
export async function findPretrained(
  source: FolderSource,
  { weights: kind = 'ema', ...options }: FindPretrainedOptions = {},
): Promise<Pretrained> {
  const { config, domains, networks, find } = await findModel(source, { ...options, reads: 'weights' });
  const checkpoint = await find();
  const holds = networksIn(checkpoint, networks, kind);
  return {
    ...{ config, domains, checkpoint, holds, kind },
    async read() {
      for (let attempt = 1, found = checkpoint; ; attempt++) {
        try {
          return await readFrom(found, networks, kind);
        } catch (error) {
          const missing = await hasGone(found, networks, kind);
          if (!missing || attempt === ATTEMPTS) throw error;
          found = await find();
        }
      }
    },
  };
}

/** The file that the weights of a network are read from. */
const fileOf = (name: NetworkName, kind: PretrainedKind): string =>
  kind === 'ema' && name !== 'discriminator' ? averageFile(name) : weightsFile(name);

/** The networks whose weights a checkpoint holds; those without parameters are among them. */
function networksIn({ path, manifest }: Checkpoint, networks: Networks, kind: PretrainedKind): NetworkName[] {
  const names = new Set(manifest.files.map(({ name }) => name));
  const isHeld = (name: NetworkName): boolean => networks[name].specs.length === 0 || names.has(fileOf(name, kind));
  const missing = EMA_NETWORKS.filter((name) => !isHeld(name));
  if (missing.length > 0 && kind === 'live')
    throw new ConfigError(
      `${path} holds the moving averages alone, which images are made with, and no live weights; take its moving averages (ema)`,
    );
  if (missing.length > 0) throw new Error(`${path} holds no moving averages of the ${missing.join(', ')}; take another checkpoint`);
  return NETWORK_NAMES.filter(isHeld);
}

async function readFrom(checkpoint: Checkpoint, networks: Networks, kind: PretrainedKind): Promise<PretrainedWeights> {
  const files = filesOf(checkpoint);
  const names = networksIn(checkpoint, networks, kind);
  const weights = await readEach(
    names,
    (name) => readWeights(networks, name, files, fileOf(name, kind), { roundedToo: kind === 'ema' && name !== 'discriminator' }),
    disposeAll,
  );
  const read = new Set(withParameters(networks, names).map((name) => fileOf(name, kind)));
  const sums = checkpoint.manifest.files.filter(({ name }) => read.has(name)).map(({ name, sha256 }) => [name, sha256] as const);
  return {
    weights,
    origin: { run: folderName(checkpoint), iteration: checkpoint.iteration, weights: kind, files: Object.fromEntries(sums) },
  };
}

/** Name of the folder of the run that a checkpoint is in; of the checkpoint itself where it is in none. */
function folderName({ path }: Checkpoint): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  const isInRun = /^\d{7,}$/.test(parts.at(-1) ?? '');
  return (isInRun ? parts.at(-3) : undefined) ?? parts.at(-1) ?? path;
}

async function hasGone(checkpoint: Checkpoint, networks: Networks, kind: PretrainedKind): Promise<boolean> {
  const names = networksIn(checkpoint, networks, kind);
  const sizes = await Promise.all(withParameters(networks, names).map((name) => filesOf(checkpoint).size(fileOf(name, kind))));
  return sizes.includes(undefined);
}
