import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { renameDurably } from '@stargan/checkpoints';
import type { GaussianStatistics } from '../frechet-distance.js';
import { formatNpy, parseNpy, type NpyArray } from './npy.js';
import { formatNpyText, parseNpyText } from './npy-text.js';
import { formatZip } from './zip-writer.js';
import { openZip, type ZipArchive } from './zip-reader.js';

/** Statistics as a file has them: with the number of samples where the writer knew it. */
export interface StoredStatistics extends GaussianStatistics {
  /** Samples; files of pytorch-fid do not say. With it, statistics can be merged. */
  readonly count?: number | undefined;
  /** Whose FID they are for, as `fid-clean`; files of other tools do not say. Statistics of different ones do not compare. */
  readonly convention?: string | undefined;
  /** Size that images were brought to first, where the convention has such a step. */
  readonly imageSize?: number | undefined;
  /** Which weights made the features, such as their SHA-256. */
  readonly weights?: string | undefined;
}

/** Dimensions above this are refused: their covariance would take more than 512 MiB, and once more while it is read. */
const LARGEST_DIMENSION = 2 ** 13;

/** Bytes of a file that is read: its largest arrays, not compressed, twice. */
const LARGEST_FILE = 2 ** 30 + 2 ** 26;

/** Room for the header of a `.npy` file beside its values. */
const HEADER_BYTES = 2 ** 16;

/**
 * Writes statistics in the layout of pytorch-fid: a `.npz` archive of `mu` and `sigma` in float64 (and of what is
 * known besides: `count`, `convention`, `image_size`, `weights`, which it does not mind). Written beside `path`, synced, then renamed over it.
 *
 * @param path the `.npz` archive; `path` with `.partial` added is overwritten and gone afterwards
 * @param statistics mean and covariance, and what is known besides
 * @throws when sizes do not fit or the disk does not take it; the message names the file, and what was there is untouched
 */
export async function writeStatistics(path: string, statistics: StoredStatistics): Promise<void> {
  const aside = `${path}.partial`;
  try {
    await writeFile(aside, formatStatistics(statistics));
    await renameDurably(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw fileError('writeStatistics', path, error);
  }
}

/**
 * Reads statistics that `writeStatistics`, pytorch-fid or NumPy (`savez`, `savez_compressed`) wrote. The file is taken for
 * data from strangers: nothing in it is run, and sizes are checked before memory is taken.
 *
 * @param path a `.npz` archive of `mu` and `sigma`, perhaps with `count` and what else `writeStatistics` writes
 * @throws when the file cannot be read or is not such an archive; the message names the file and the fault
 */
export async function readStatistics(path: string): Promise<StoredStatistics> {
  try {
    const { size, isFile } = await fileStatus(path);
    if (!isFile) throw new Error('this is not a file');
    if (size > LARGEST_FILE) throw new Error(`the file has ${size} bytes, more than statistics of ${LARGEST_DIMENSION} dimensions need`);
    return parseStatistics(await readFile(path));
  } catch (error) {
    throw fileError('readStatistics', path, error);
  }
}

function formatStatistics({ mean, covariance, count, convention, imageSize, weights }: StoredStatistics): Buffer {
  const n = mean.length;
  if (n < 1 || n > LARGEST_DIMENSION) throw new RangeError(`mean must have 1 to ${LARGEST_DIMENSION} values, got ${n}`);
  if (covariance.length !== n * n) throw new RangeError(`covariance must have ${n} × ${n} = ${n * n} values, got ${covariance.length}`);
  return formatZip({
    'mu.npy': formatNpy({ shape: [n], data: mean }),
    'sigma.npy': formatNpy({ shape: [n, n], data: covariance }),
    ...whole('count', count),
    ...whole('image_size', imageSize),
    ...(convention === undefined ? {} : { 'convention.npy': formatNpyText(convention) }),
    ...(weights === undefined ? {} : { 'weights.npy': formatNpyText(weights) }),
  });
}

const whole = (name: string, value: number | undefined): Record<string, Buffer> =>
  value === undefined ? {} : { [`${name}.npy`]: formatNpy({ shape: [], data: Float64Array.of(value) }, '<i8') };

/** Looked at before the file is opened, as a named pipe would be waited for. */
async function fileStatus(path: string): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const status = await stat(path);
  return { size: status.size, isFile: status.isFile() };
}

function parseStatistics(bytes: Buffer): StoredStatistics {
  const archive = openZip(bytes);
  const mu = array(archive, 'mu', LARGEST_DIMENSION);
  // A mean that was kept as a row or a column is one still.
  const sizes = mu.shape.length === 2 ? mu.shape.filter((size) => size !== 1) : mu.shape;
  const n = sizes[0] ?? (mu.shape.length === 2 ? 1 : 0);
  if (mu.shape.length < 1 || mu.shape.length > 2 || sizes.length > 1 || n < 1)
    throw new Error(`mu must have shape [dimension ≥ 1], got [${mu.shape.join(', ')}]`);
  const sigma = array(archive, 'sigma', n * n);
  // NumPy's cov of one feature has no axes.
  const isVariance = n === 1 && sigma.data.length === 1;
  if (!isVariance && sigma.shape.join() !== `${n},${n}`)
    throw new Error(`sigma must have shape [${n}, ${n}], as mu has ${n} values, got [${sigma.shape.join(', ')}]`);
  for (const [name, { data }] of [
    ['mu', mu],
    ['sigma', sigma],
  ] as const) {
    const at = data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw new Error(`${name} must be finite, got ${data[at]} at ${at}`);
  }
  const [count, imageSize] = [wholeNumber(archive, 'count'), wholeNumber(archive, 'image_size')];
  const [convention, weights] = [text(archive, 'convention'), text(archive, 'weights')];
  return {
    mean: mu.data,
    covariance: sigma.data,
    ...(count === undefined ? {} : { count }),
    ...(imageSize === undefined ? {} : { imageSize }),
    ...(convention === undefined ? {} : { convention }),
    ...(weights === undefined ? {} : { weights }),
  };
}

/** A whole number ≥ 1, if the archive has it. */
function wholeNumber(archive: ZipArchive, name: string): number | undefined {
  if (!archive.names.includes(`${name}.npy`)) return undefined;
  const [value = NaN] = array(archive, name, 1).data;
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} must be a whole number ≥ 1, got ${value}`);
  return value;
}

/** A text, if the archive has it. */
function text(archive: ZipArchive, name: string): string | undefined {
  if (!archive.names.includes(`${name}.npy`)) return undefined;
  try {
    return parseNpyText(archive.read(`${name}.npy`, HEADER_BYTES));
  } catch (error) {
    throw new Error(`${name}: ${messageOf(error)}`, { cause: error });
  }
}

/** An array of the archive, of at most so many values. */
function array(archive: ZipArchive, name: string, largest: number): NpyArray {
  const bytes = archive.read(`${name}.npy`, largest * 8 + HEADER_BYTES);
  try {
    return parseNpy(bytes);
  } catch (error) {
    throw new Error(`${name}: ${messageOf(error)}`, { cause: error });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const fileError = (caller: string, path: string, error: unknown): Error =>
  new Error(`${caller}: ${path}: ${messageOf(error)}`, { cause: error });
