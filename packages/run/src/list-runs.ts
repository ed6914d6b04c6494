import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { printablePath } from '@stargan/data';
import { findBest, type BestRecord } from './evaluation/best-checkpoint.js';
import { formatDuration, formatTable } from '@stargan/command-line';
import { findRunRecord, runPaths } from './run-directory.js';
import { readRunStatus, type RunState } from './run-status.js';

/** A run as a list shows it. */
export interface RunSummary {
  /** Its folder, below the one that was listed. */
  readonly name: string;
  /** Where it stands. */
  readonly state: RunState;
  /** Why it failed. */
  readonly reason?: string;
  /** Iterations done. */
  readonly iteration: number;
  /** Iterations of the whole training. */
  readonly iterations: number;
  /** The best evaluation so far. */
  readonly best?: Pick<BestRecord, 'metric' | 'value' | 'iteration'>;
  /** Names of its domains, by label. */
  readonly domains: readonly string[];
  /** Height and width of its images. */
  readonly imageSize: number;
  /** When the run last wrote something: ISO 8601, UTC. */
  readonly updated: string;
  /** Size of all its files. */
  readonly bytes: number;
}

/** The runs of a folder, by name. */
export interface RunList {
  /** Those that can be read. */
  readonly runs: readonly RunSummary[];
  /** Folders whose run cannot be read, and why. */
  readonly damaged: readonly { readonly name: string; readonly reason: string }[];
}

/** Folders between the one that is listed and a run: `runs/01`, and `ablation/F` in a folder of studies. */
const DEPTH = 2;

/**
 * Lists the runs of a folder: itself where it is one, those in it, and those in folders of it that are no runs, such as the
 * models of a study. Nothing is written.
 *
 * @param directory an existing folder
 */
export async function listRuns(directory: string): Promise<RunList> {
  const runs: RunSummary[] = [];
  const damaged: { name: string; reason: string }[] = [];
  const visit = async (folder: string, depth: number): Promise<void> => {
    const name = path.relative(directory, folder) || path.basename(path.resolve(folder));
    try {
      const summary = await summarizeRun(folder, name);
      if (summary !== undefined) return void runs.push(summary);
    } catch (error) {
      return void damaged.push({ name, reason: (error as Error).message });
    }
    if (depth === 0) return;
    const inside = await readdir(folder).catch(() => []);
    for (const each of inside.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
      const below = path.join(folder, each);
      if ((await stat(below).catch(() => undefined))?.isDirectory() === true) await visit(below, depth - 1);
    }
  };
  await visit(directory, DEPTH);
  return { runs, damaged };
}

/** The run of a folder; undefined where it holds none. */
async function summarizeRun(folder: string, name: string): Promise<RunSummary | undefined> {
  const record = await findRunRecord(folder);
  if (record === undefined) return undefined;
  const { config, log, history } = runPaths(folder);
  const [{ state, iteration, reason }, best, bytes, times] = await Promise.all([
    readRunStatus(folder, record),
    findBest(folder),
    sizeOf(folder),
    Promise.all(
      [config, log, history].map((file) =>
        stat(file).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      ),
    ),
  ]);
  return {
    name,
    state,
    ...(reason !== undefined && { reason }),
    iteration,
    iterations: record.config.iterations,
    ...(best && { best: { metric: best.metric, value: best.value, iteration: best.iteration } }),
    domains: record.domains,
    imageSize: record.config.imageSize,
    updated: new Date(Math.max(...times)).toISOString(),
    bytes,
  };
}

/** Bytes of all files of a folder; what a link leads to is not counted, and what vanishes meanwhile neither. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  let bytes = 0;
  for (const name of names) {
    const found = await lstat(path.join(folder, name)).catch(() => undefined);
    if (found?.isDirectory() === true) bytes += await sizeOf(path.join(folder, name));
    else if (found?.isFile() === true) bytes += found.size;
  }
  return bytes;
}

/** Bytes for people: `12 kB`, `3.4 MB`, `1.2 GB`. */
function describeBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** How long ago something was: with days, since runs are looked at for months. */
function describeAge(seconds: number): string {
  return seconds < 86_400 ? formatDuration(seconds) : `${Math.floor(seconds / 86_400)}d`;
}

/**
 * Runs as a table, and why those that failed did.
 *
 * @param now milliseconds since 1970
 */
export function describeRunList({ runs, damaged }: RunList, now = Date.now()): string {
  const rows = runs.map(({ name, state, iteration, iterations, best, imageSize, updated, bytes }) => [
    printablePath(name),
    state,
    `${iteration}/${iterations}`,
    best === undefined ? '–' : `${best.metric} ${best.value.toPrecision(4)} at ${best.iteration}`,
    `${imageSize}²`,
    describeAge((now - Date.parse(updated)) / 1000),
    describeBytes(bytes),
  ]);
  const reasons = runs.flatMap(({ name, reason }) => (reason === undefined ? [] : [`${printablePath(name)} failed: ${reason}`]));
  const faults = damaged.map(({ name, reason }) => `${printablePath(name)} cannot be read: ${reason}`);
  return [
    ...(rows.length === 0 ? [] : [formatTable({ headings: ['run', 'state', 'iterations', 'best', 'size', 'idle', 'disk'], rows })]),
    ...reasons,
    ...faults,
  ].join('\n');
}
