import { stat } from 'node:fs/promises';
import { dispose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { readSafetensors } from '@stargan/checkpoints';
import { fidConventions, inception, lpips, type FidConventionName, type StateDict } from '@stargan/metrics';
import { plainly, type Compile } from '@stargan/ops';
import type { RgbImage } from '@stargan/resizing';
import { fileChecksum } from './checksum.js';
import type { WeightKind } from './kinds.js';
import { findWeights, storedWeightsFile, weightsAdvice, weightsFolder, type StoredWeights } from './weights-cache.js';

/** Weights that were found, by kind, with their checksums. */
export interface UsedWeights {
  /** Which network they are for. */
  readonly kind: WeightKind;
  /** SHA-256 of the file that is read, hexadecimal. */
  readonly sha256: string;
}

/** Why a network cannot be had: its weights are not there. */
export interface MissingWeights {
  /** What is missing, and how to get it. */
  readonly reason: string;
}

/** Inception-v3 under a FID convention. */
export interface FeatureNetwork {
  /** Whose FID its features are for. */
  readonly convention: FidConventionName;
  /** Its weights. */
  readonly weights: readonly UsedWeights[];
  /** SHA-256 of its weights, hexadecimal. */
  readonly sha256: string;
  /**
   * Features of pictures.
   *
   * @param images pictures of 8 bits per channel; their sizes may differ
   * @param imageSize S, to which `fid-stargan2` brings them first
   * @returns [images, 2048]
   * @throws {Error} naming the weights when features are not finite
   */
  features(images: readonly RgbImage[], imageSize: number): Promise<Float32Array>;
  /** Gives the weights back. */
  dispose(): void;
}

/** LPIPS on batches of images. */
export interface PerceptualDistance {
  /** Its weights. */
  readonly weights: readonly UsedWeights[];
  /**
   * Mean distance over all pairs of images.
   *
   * @param samples n ≥ 2, each [1, size, size, 3] in [-1, 1]; they stay the caller's
   */
  meanOverPairs(samples: readonly Tensor[]): number;
  /** Gives the weights back. */
  dispose(): void;
}

/** Options of {@link openFeatureNetwork}. */
export interface FeatureNetworkOptions {
  /** Makes passes faster, such as `(f) => capture(f)` with `capture` of `@stargan/backend`; features are the same. By default they run as they are. */
  readonly compile?: Compile | undefined;
}

/** Kind of weights that a convention's network has. */
const inceptionKind = (convention: FidConventionName): WeightKind =>
  fidConventions[convention].layout === 'fid' ? 'inception-fid' : 'inception-torchvision';

/**
 * Inception for a convention of FID.
 *
 * @param convention whose FID, such as `fid-clean`
 * @param folder where weights are kept; stargan's cache by default
 * @param options how passes are made faster
 * @returns the network, or how to get its weights where they are not there
 * @throws {Error} naming the file when it is damaged
 */
export async function openFeatureNetwork(
  convention: FidConventionName,
  folder = weightsFolder(),
  { compile = plainly }: FeatureNetworkOptions = {},
): Promise<FeatureNetwork | MissingWeights> {
  const kind = inceptionKind(convention);
  const stored = await findWeights(kind, folder);
  if (stored === undefined) return { reason: await adviceFor(kind, folder) };
  const { layout } = fidConventions[convention];
  const network = inception({ layout });
  const parameters = await loadFrom([stored], ([state]) => network.load(state!));
  const { sha256 } = stored.result;
  const apply = compile((weights: Record<string, Tensor>, pictures: Tensor4D) => network.apply(weights, pictures));
  return {
    convention,
    weights: [{ kind, sha256 }],
    sha256,
    async features(images, imageSize) {
      const pictures = fidConventions[convention].input(images, { imageSize });
      const result = apply(parameters, pictures);
      try {
        const values = await result.data<'float32'>();
        if (!values.every(Number.isFinite))
          throw new Error(
            `features of the weights ${kind} (${stored.file}) are not finite: the weights are damaged; run "stargan weights fetch ${kind} --force"`,
          );
        return values;
      } finally {
        dispose([pictures, result]);
      }
    },
    dispose() {
      apply.dispose();
      dispose(parameters);
    },
  };
}

/** What to do about missing weights; a file that is there but not whole is named. */
async function adviceFor(kind: WeightKind, folder: string): Promise<string> {
  const file = storedWeightsFile(kind, folder);
  const status = await stat(file).catch(() => undefined);
  if (status === undefined) return weightsAdvice(kind);
  return `the weights ${kind} (${file}, ${status.size} bytes) are not what was recorded when they were added: run "stargan weights fetch ${kind} --force", or add the file again`;
}

/**
 * LPIPS on AlexNet.
 *
 * @param folder where weights are kept; stargan's cache by default
 * @returns the distance, or how to get its weights where they are not there
 * @throws {Error} naming the file when it is damaged
 */
export async function openPerceptualDistance(folder = weightsFolder()): Promise<PerceptualDistance | MissingWeights> {
  const [alexnet, heads] = [await findWeights('alexnet', folder), await findWeights('lpips-alex', folder)];
  if (alexnet === undefined || heads === undefined) {
    const missing = [...(alexnet === undefined ? ['alexnet' as const] : []), ...(heads === undefined ? ['lpips-alex' as const] : [])];
    return { reason: (await Promise.all(missing.map((kind) => adviceFor(kind, folder)))).join('; and ') };
  }
  const distance = lpips();
  const parameters = await loadFrom([alexnet, heads], ([features, learned]) => distance.load({ alexnet: features!, heads: learned! }));
  return {
    weights: [alexnet, heads].map(({ kind, result }) => ({ kind, sha256: result.sha256 })),
    meanOverPairs(samples) {
      const mean = distance.meanOverPairs(parameters, samples);
      const [value] = mean.dataSync<'float32'>();
      mean.dispose();
      return value!;
    },
    dispose: () => dispose(parameters),
  };
}

/** Parameters from files whose checksums are those recorded when they were added. */
async function loadFrom(
  stored: readonly StoredWeights[],
  load: (states: readonly StateDict[]) => Record<string, Tensor>,
): Promise<Record<string, Tensor>> {
  const states: StateDict[] = [];
  for (const { file, kind, result } of stored) {
    if ((await fileChecksum(file)) !== result.sha256)
      throw new Error(
        `${file} is not what was added as ${kind} (its SHA-256 has changed); run "stargan weights fetch ${kind} --force", or add the file again`,
      );
    states.push((await readSafetensors(file)).tensors);
  }
  try {
    return load(states);
  } catch (error) {
    throw new Error(`${stored.map(({ file }) => file).join(', ')}: ${(error as Error).message}`, { cause: error });
  }
}
