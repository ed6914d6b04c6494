import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findLatestCheckpoint, listCheckpoints, writeWholeFile, type Checkpoint } from '@stargan/checkpoints';
import { parseConfig } from './config/resolve.js';
import type { Config } from './config/schema.js';
import type { DatasetRecord } from './dataset-record.js';
import { UsageError } from '@stargan/command-line';
import { checkpointDirectory, parseStoredRecord, RECORD_FILE, type WeightsOrigin } from '@stargan/training';

/** What a run was started with, kept as `config.json` in its folder. */
export interface RunRecord {
  /** Its configuration. */
  config: Config;
  /** Folder of the images, as an absolute path; empty in a run that was imported without images. */
  data: string;
  /** Names of the domains, by label. */
  domains: string[];
  /** What was read of the images, what was not, and why; earlier versions did not keep it. */
  dataset?: DatasetRecord;
  /** Where the weights are from that it began with; nothing of it is needed again. */
  from?: WeightsOrigin;
}

/** Names within a run's folder. */
const NAMES = {
  config: RECORD_FILE,
  data: 'data.json',
  history: 'history.jsonl',
  lock: 'train.lock',
  log: 'log.jsonl',
  speed: 'speed.jsonl',
  tensorboard: 'tensorboard',
  samples: 'samples',
  nonFinite: 'non-finite',
  metrics: 'metrics.json',
  evaluations: 'evaluations',
  evaluationLog: 'evaluations.jsonl',
  best: 'best',
  report: 'report.html',
} as const;

/**
 * Paths within a run's folder, whether there is anything or not.
 *
 * @param directory of the run
 */
export function runPaths(directory: string): Record<keyof typeof NAMES, string> {
  const paths: Partial<Record<keyof typeof NAMES, string>> = {};
  for (const [key, name] of Object.entries(NAMES)) paths[key as keyof typeof NAMES] = path.join(directory, name);
  return paths as Record<keyof typeof NAMES, string>;
}

/**
 * Writes the record of a run.
 *
 * @param directory of the run, which is made where it is missing
 * @param record what it was started with
 */
export function writeRunRecord(directory: string, record: RunRecord): Promise<void> {
  return writeWholeFile(runPaths(directory).config, `${JSON.stringify({ formatVersion: 1, ...record }, null, 2)}\n`);
}

/**
 * The record of a run; undefined when the folder holds none.
 *
 * @param directory of the run
 * @param log is told of every config key and value that earlier versions named differently
 * @throws naming the file when it is damaged
 */
export async function findRunRecord(directory: string, log?: (line: string) => void): Promise<RunRecord | undefined> {
  const file = runPaths(directory).config;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { config, notes, domains, others } = parseStoredRecord(text);
    for (const note of notes) log?.(`${file}: ${note}`);
    const { data, dataset, from } = others;
    if (typeof data !== 'string') throw new Error(`data must be the folder of the images, got ${JSON.stringify(data)}`);
    return {
      ...{ config: parseConfig(config), data, domains },
      ...(dataset !== undefined && { dataset: dataset as DatasetRecord }),
      ...(from !== undefined && { from: from as WeightsOrigin }),
    };
  } catch (error) {
    throw new Error(`${file} is damaged: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * The record of a run.
 *
 * @param directory the one given to `train` as `--out`
 * @throws UsageError when the folder holds no run
 */
export async function readRunRecord(directory: string): Promise<RunRecord> {
  const record = await findRunRecord(directory);
  if (record === undefined)
    throw new UsageError(`${directory} holds no run (there is no config.json); name the folder that was given to train as --out`);
  return record;
}

/**
 * A checkpoint of a run: the newest intact one, or that of an iteration. All its files are compared with the checksums
 * in its manifest.
 *
 * @param directory folder of the run
 * @param iteration of the checkpoint; by default the newest intact one
 * @returns `checkpoint` is undefined when there is no intact one; `notes` name the folders that were passed over, and why
 * @throws UsageError when the iteration has no checkpoint, naming those there are, or has a damaged one
 */
export async function findCheckpoint(
  directory: string,
  iteration?: number,
): Promise<{ checkpoint: Checkpoint | undefined; notes: string[] }> {
  const folder = checkpointDirectory(directory);
  const { checkpoint, passedOver } = await findLatestCheckpoint(folder, {
    verify: 'sha256',
    before: iteration === undefined ? undefined : iteration + 1,
  });
  if (iteration === undefined) return { checkpoint, notes: passedOver.map(describePassedOver) };
  if (checkpoint?.iteration === iteration) return { checkpoint, notes: [] };
  const damaged = passedOver.find((candidate) => candidate.iteration === iteration);
  const { whole } = await listCheckpoints(folder);
  const there =
    whole
      .map((candidate) => candidate.iteration)
      .filter((other) => other !== iteration)
      .join(', ') || 'none';
  if (damaged !== undefined) throw new UsageError(`checkpoint ${damaged.path} cannot be used: ${damaged.reason}; others are: ${there}`);
  throw new UsageError(`${directory} has no checkpoint of iteration ${iteration}; there are: ${there}`);
}

/**
 * What was passed over, and why, on one line.
 *
 * @param passed the folder, and why it cannot be used
 */
export function describePassedOver(passed: { path: string; reason: string }): string {
  return `checkpoint ${passed.path} was passed over: ${passed.reason}`;
}

/**
 * As {@link findCheckpoint}, for a run that must have one.
 *
 * @param directory of the run
 * @param iteration of the checkpoint; by default the newest intact one
 * @throws Error when none can be used, naming those that cannot, and why
 */
export async function requireCheckpoint(directory: string, iteration?: number): Promise<{ checkpoint: Checkpoint; notes: string[] }> {
  const { checkpoint, notes } = await findCheckpoint(directory, iteration);
  if (checkpoint !== undefined) return { checkpoint, notes };
  if (notes.length === 0) throw new Error(`${directory} has no checkpoint yet; train it first`);
  throw new Error(
    `${directory} has no checkpoint that can be used: ${notes.join('; ')}; put one back from a copy, or train again in another folder`,
  );
}
