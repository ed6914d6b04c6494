import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findLatestCheckpoint, listCheckpoints, type Checkpoint } from '@stargan/checkpoints';
import { z } from 'zod';
import { parseConfig } from '../config/resolve.js';
import type { Config } from '../config/schema.js';
import { UsageError } from '../usage-error.js';
import { checkpointDirectory } from './checkpoint.js';

/** What a run was started with; kept as `config.json` in its folder. */
export interface RunRecord {
  /** Its configuration. */
  config: Config;
  /** Folder of the images, as an absolute path. */
  data: string;
  /** Names of the domains, by label. */
  domains: string[];
}

const storedRecord = z.object({ formatVersion: z.literal(1), config: z.record(z.string(), z.unknown()), data: z.string(), domains: z.array(z.string()).min(1) });

/** Paths within a run's folder. */
export const runPaths = (directory: string): { config: string; log: string; speed: string; samples: string; metrics: string; evaluations: string; evaluationLog: string; best: string; report: string } => ({
  config: path.join(directory, 'config.json'),
  log: path.join(directory, 'log.jsonl'),
  speed: path.join(directory, 'speed.jsonl'),
  samples: path.join(directory, 'samples'),
  metrics: path.join(directory, 'metrics.json'),
  evaluations: path.join(directory, 'evaluations'),
  evaluationLog: path.join(directory, 'evaluations.jsonl'),
  best: path.join(directory, 'best'),
  report: path.join(directory, 'report.html'),
});

/** Writes a file aside and renames it, so that it is whole or not there. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** Writes the record of a run. */
export function writeRunRecord(directory: string, record: RunRecord): Promise<void> {
  return writeWhole(runPaths(directory).config, `${JSON.stringify({ formatVersion: 1, ...record }, null, 2)}\n`);
}

/** The record of a run, or undefined when the folder holds none. @throws naming the file when it is damaged */
export async function findRunRecord(directory: string): Promise<RunRecord | undefined> {
  const file = runPaths(directory).config;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { config, data, domains } = storedRecord.parse(JSON.parse(text));
    return { config: parseConfig(config), data, domains };
  } catch (error) {
    throw new Error(`${file} is damaged: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * The record of a run.
 *
 * @param directory the one given to training as `--out`
 * @throws UsageError when the folder holds no run
 */
export async function readRunRecord(directory: string): Promise<RunRecord> {
  const record = await findRunRecord(directory);
  if (record === undefined) throw new UsageError(`${directory} holds no run (there is no config.json); name the folder given to train as --out`);
  return record;
}

/**
 * A checkpoint of a run: the newest whole one, or that of an iteration.
 *
 * @param directory folder of the run
 * @param iteration of the checkpoint; left out for the newest whole one
 * @returns `checkpoint` is undefined when there is no whole one; `notes` name the folders that were passed
 *   over, and why
 * @throws UsageError when the iteration has none, naming those there are
 */
export async function findCheckpoint(directory: string, iteration?: number): Promise<{ checkpoint: Checkpoint | undefined; notes: string[] }> {
  if (iteration === undefined) {
    const { checkpoint, passedOver } = await findLatestCheckpoint(checkpointDirectory(directory));
    return { checkpoint, notes: passedOver.map(({ path: folder, reason }) => `checkpoint ${folder} was passed over: ${reason}`) };
  }
  const { whole } = await listCheckpoints(checkpointDirectory(directory));
  const checkpoint = whole.find((candidate) => candidate.iteration === iteration);
  if (checkpoint === undefined) {
    const there = whole.map((candidate) => candidate.iteration).join(', ') || 'none';
    throw new UsageError(`${directory} has no checkpoint of iteration ${iteration}; there are: ${there}`);
  }
  return { checkpoint, notes: [] };
}
