import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, writeWholeFile } from '@stargan/checkpoints';
import { z } from 'zod';
import { KINDS, WEIGHT_KINDS, type WeightKind } from './kinds.js';

const fileRecord = z.object({ name: z.string(), bytes: z.number(), sha256: z.string() });

const record = z.object({
  /** Version of this record's form; weights with a record of another version are not found. */
  formatVersion: z.literal(1),
  /** Which network the weights are for. */
  kind: z.enum(WEIGHT_KINDS),
  /** The file that was converted. */
  source: fileRecord.extend({ url: z.string().optional() }),
  /** What it was converted to. */
  result: fileRecord,
  /** ISO 8601, UTC. */
  added: z.string(),
});

/** The record that is kept beside weights. */
export type WeightsRecord = z.infer<typeof record>;

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
  const parsed = record.safeParse(parseJson(text));
  const file = storedWeightsFile(kind, folder);
  const status = await stat(file).catch(() => undefined);
  if (!parsed.success || parsed.data.kind !== kind || status?.size !== parsed.data.result.bytes) return undefined;
  return { ...parsed.data, file };
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
