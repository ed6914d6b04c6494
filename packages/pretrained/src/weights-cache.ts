import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, writeWholeFile } from '@stargan/checkpoints';
import { KINDS, type WeightKind } from './kinds.js';

/** A file as records name it. */
export interface FileRecord {
  /** Its name, without a folder. */
  readonly name: string;
  /** Its size. */
  readonly bytes: number;
  /** SHA-256 of its content, hexadecimal. */
  readonly sha256: string;
}

/** The record that is kept beside weights. */
export interface WeightsRecord {
  /** Version of this record's form; weights with a record of another version are not found. */
  readonly formatVersion: 1;
  /** Which network the weights are for. */
  readonly kind: WeightKind;
  /** The file that was converted, and where it came from. */
  readonly source: FileRecord & { readonly url?: string | undefined };
  /** What it was converted to. */
  readonly result: FileRecord;
  /** ISO 8601, UTC. */
  readonly added: string;
}

/** Weights in the cache. */
export interface StoredWeights extends WeightsRecord {
  /** A safetensors file: float32, PyTorch's layout and names. */
  readonly file: string;
}

/** Where weights are kept: `weights` in stargan's cache, `~/.cache/stargan` unless the environment says otherwise. */
export function weightsFolder(): string {
  return cacheFolder('weights');
}

/** Where weights of a kind are kept. */
export function storedWeightsFile(kind: WeightKind, folder: string): string {
  return path.join(folder, `${kind}.safetensors`);
}

const recordFile = (kind: WeightKind, folder: string): string => path.join(folder, `${kind}.json`);

/** Records weights that are in place; from then on they are found. */
export async function writeRecord(content: WeightsRecord, folder: string): Promise<StoredWeights> {
  await writeWholeFile(recordFile(content.kind, folder), `${JSON.stringify(content, null, 2)}\n`);
  return { ...content, file: storedWeightsFile(content.kind, folder) };
}

/**
 * The weights of a kind, or undefined where they have not been added, are incomplete or of an earlier format.
 *
 * @param kind which network they are for
 * @param folder where weights are kept; stargan's cache by default
 */
export async function findWeights(kind: WeightKind, folder = weightsFolder()): Promise<StoredWeights | undefined> {
  const text = await readFile(recordFile(kind, folder), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const stored = parseJson(text);
  if (!isRecordOf(kind, stored)) return undefined;
  const file = storedWeightsFile(kind, folder);
  const status = await stat(file).catch(() => undefined);
  return status?.size === stored.result.bytes ? { ...stored, file } : undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

function isFileRecord(value: unknown): boolean {
  return isObject(value) && typeof value.name === 'string' && typeof value.bytes === 'number' && typeof value.sha256 === 'string';
}

function isRecordOf(kind: WeightKind, value: unknown): value is WeightsRecord {
  if (!isObject(value) || value.formatVersion !== 1 || value.kind !== kind || typeof value.added !== 'string') return false;
  const { source, result } = value;
  return isFileRecord(result) && isObject(source) && isFileRecord(source) && ['string', 'undefined'].includes(typeof source.url);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What to do about missing weights.
 *
 * @param kind which network they are for
 */
export function weightsAdvice(kind: WeightKind): string {
  const { title, url } = KINDS[kind];
  return `the weights ${kind} (${title}) are not there: run "stargan weights fetch ${kind}", or download ${url} and run "stargan weights add ${path.posix.basename(url)}" (in a program: fetchWeights and addWeights)`;
}

/**
 * The weights of a kind.
 *
 * @param kind which network they are for
 * @param folder where weights are kept; stargan's cache by default
 * @throws saying how to get them where they are missing
 */
export async function requireWeights(kind: WeightKind, folder = weightsFolder()): Promise<StoredWeights> {
  const found = await findWeights(kind, folder);
  if (found === undefined) throw new Error(weightsAdvice(kind));
  return found;
}
