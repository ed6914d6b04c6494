import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { cacheFolder, readSafetensors, writeSafetensors } from '@stargan/checkpoints';
import { decodeImage } from '@stargan/data';
import type { FeatureRows } from '@stargan/metrics';
import type { FeatureNetwork } from '@stargan/pretrained';
import { FEATURE_LENGTH, PIXELS_VERSION } from './conventions.js';
import type { HashedFile } from './hashed-files.js';

/** Images whose features one file of the cache holds: what an interruption costs at most. */
const PER_FILE = 128;
const AT_ONCE = 16;

/** How {@link featuresOfFiles} goes about it. */
export interface FeaturesOfFilesOptions {
  /** S, to which `fid-stargan2` resizes first. */
  readonly imageSize: number;
  /** Keep the features, to be found again for the same images, convention and weights. Default true. */
  readonly keep?: boolean;
  /** Called with the number of images that have been done since the last call. */
  readonly onProgress?: (images: number) => void;
  /** Aborting it ends the work between two batches of images; features that are done are kept. */
  readonly signal?: AbortSignal;
}

/** Where features of real images are kept: `features` in stargan's cache. */
export const featuresFolder = (): string => cacheFolder('features');

/**
 * Features of image files, whose pixels are read as the conventions' tools read them. They are kept in stargan's cache
 * under a name made of everything they depend on: the content of the files, the convention (with its image size) and the
 * weights.
 *
 * @param network whose features are taken
 * @param files the images, in order
 * @param options image size, and what is kept, told and stopped
 * @returns [files, 2048]; undefined when `signal` was aborted
 * @throws ImageFileError naming a file that cannot be used
 */
export async function featuresOfFiles(
  network: FeatureNetwork,
  files: readonly HashedFile[],
  { imageSize, keep = true, onProgress, signal }: FeaturesOfFilesOptions,
): Promise<FeatureRows | undefined> {
  const data = new Float32Array(files.length * FEATURE_LENGTH);
  for (let start = 0; start < files.length; start += PER_FILE) {
    const some = files.slice(start, start + PER_FILE);
    const store = path.join(featuresFolder(), `${keyOf(network, some, imageSize)}.safetensors`);
    const kept = keep ? await readKept(store, some.length) : undefined;
    if (kept !== undefined) onProgress?.(some.length);
    const values = kept ?? (await computeFeatures(network, some, { imageSize, onProgress, signal }));
    if (values === undefined) return undefined;
    if (keep && kept === undefined) await keepFeatures(store, values, some.length);
    data.set(values, start * FEATURE_LENGTH);
  }
  return { data, shape: [files.length, FEATURE_LENGTH] };
}

function keyOf({ convention, sha256 }: FeatureNetwork, files: readonly HashedFile[], imageSize: number): string {
  const size = convention === 'fid-stargan2' ? imageSize : null;
  return createHash('sha256')
    .update(JSON.stringify(['features', PIXELS_VERSION, convention, size, sha256, files.map((file) => file.sha256)]))
    .digest('hex');
}

/** A file that is damaged counts as absent: it is made again. */
async function readKept(file: string, count: number): Promise<Float32Array | undefined> {
  const features = (await readSafetensors(file).catch(() => undefined))?.tensors.features;
  if (
    features?.data instanceof Float32Array &&
    features.shape.join() === `${count},${FEATURE_LENGTH}` &&
    features.data.every(Number.isFinite)
  )
    return features.data;
  return undefined;
}

async function keepFeatures(file: string, data: Float32Array, count: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeSafetensors(file, { features: { dtype: 'F32', shape: [count, FEATURE_LENGTH], data } });
}

async function computeFeatures(
  network: FeatureNetwork,
  files: readonly HashedFile[],
  { imageSize, onProgress, signal }: FeaturesOfFilesOptions,
): Promise<Float32Array | undefined> {
  const data = new Float32Array(files.length * FEATURE_LENGTH);
  for (let start = 0; start < files.length; start += AT_ONCE) {
    if (signal?.aborted === true) return undefined;
    const images = await Promise.all(files.slice(start, start + AT_ONCE).map(({ file }) => decodeImage(file, { reading: 'pillow' })));
    data.set(await network.features(images, imageSize), start * FEATURE_LENGTH);
    onProgress?.(images.length);
    // Signals arrive between batches.
    await setImmediate();
  }
  return data;
}
