import { access } from 'node:fs/promises';
import { listCheckpoints } from '@stargan/checkpoints';
import { CONFIG_KEYS, type Config } from './config/schema.js';
import { UsageError } from '@stargan/command-line';
import { checkpointDirectory, PARAMETER_KEYS } from '@stargan/training';
import { findRunRecord, runPaths, writeRunRecord, type RunRecord } from './run-directory.js';

/** A config value that changes when a run is resumed. */
export interface ConfigChange {
  /** Which value. */
  readonly key: keyof Config;
  /** What it was. */
  readonly from: Config[keyof Config];
  /** What it is from now on. */
  readonly to: Config[keyof Config];
}

/** Keys that determine shapes, random streams or what has moments: a run cannot change them halfway. */
const FIXED_KEYS: readonly (keyof Config)[] = ['imageSize', ...PARAMETER_KEYS, 'seed', 'freeze'];

/**
 * The values in which two configurations differ, in the order of the schema.
 *
 * @param previous before
 * @param next after
 */
export function changedValues(previous: Config, next: Config): ConfigChange[] {
  return CONFIG_KEYS.filter((key) => previous[key] !== next[key]).map((key) => ({ key, from: previous[key], to: next[key] }));
}

/**
 * Makes sure that a training of this record may start or resume in a folder.
 *
 * @param directory of the run
 * @param record what is to be trained
 * @param resume whether an existing run is to be resumed
 * @returns the record of the run that is resumed, if there is one
 * @throws UsageError naming what is in the way: a run that is not to be resumed, remains of a run without its
 *   config.json, other domains, or a value that cannot change
 */
export async function requireFittingRun(directory: string, record: RunRecord, resume: boolean): Promise<RunRecord | undefined> {
  const previous = await findRunRecord(directory);
  if (previous === undefined) {
    await requireNoRemains(directory);
    return undefined;
  }
  if (!resume) throw new UsageError(`${directory} holds a run already; add --resume to continue it, or name another folder as --out`);
  if (previous.domains.join('/') !== record.domains.join('/')) {
    throw new UsageError(
      `${directory} was trained on the domains ${previous.domains.join(', ')}, the data has ${record.domains.join(', ')}; name another folder as --out`,
    );
  }
  const refused = changedValues(previous.config, record.config).filter(({ key }) => FIXED_KEYS.includes(key));
  if (refused.length > 0) {
    const list = refused.map(({ key, from, to }) => `with ${key} ${from}, now it is ${to}`).join('; ');
    throw new UsageError(
      `${directory} was trained ${list}; this cannot change halfway: leave it as it was, or name another folder as --out`,
    );
  }
  return previous;
}

/** @throws UsageError when the folder holds checkpoints or logs of a run whose config.json is missing */
async function requireNoRemains(directory: string): Promise<void> {
  const { whole, broken } = await listCheckpoints(checkpointDirectory(directory));
  const { config, log, speed, evaluationLog } = runPaths(directory);
  const logs = await Promise.all(
    [log, speed, evaluationLog].map((file) =>
      access(file).then(
        () => [file],
        () => [],
      ),
    ),
  );
  const remains = [...whole, ...broken].map(({ path }) => path).concat(logs.flat())[0];
  if (remains === undefined) return;
  throw new UsageError(
    `${directory} holds ${remains} of a run, but no config.json; put ${config} back from a copy to go on with --resume, or name another folder as --out`,
  );
}

/** What a resumed run changes, as its history records it; of a new run, what it was started with. */
export interface AdoptedRecord {
  /** The configuration of a new run. */
  readonly config?: Config;
  /** Values that a resumed run changes; absent where it changes none. */
  readonly changes?: ConfigChange[];
  /** Folder of the images, where it is new. */
  readonly data?: { readonly from?: string; readonly to: string };
}

/**
 * Writes the record of a run where it is new or has changed, and says what a resumed run changes.
 *
 * @param out folder of the run
 * @param record of the training that begins
 * @param previous record in the folder, as {@link requireFittingRun} gives it
 * @param log is told of every change, a line each
 */
export async function adoptRecord(
  out: string,
  record: RunRecord,
  previous: RunRecord | undefined,
  log: (line: string) => void,
): Promise<AdoptedRecord> {
  if (previous === undefined) {
    await writeRunRecord(out, record);
    return { config: record.config, data: { to: record.data } };
  }
  const changes = changedValues(previous.config, record.config);
  const isMoved = previous.data !== record.data;
  for (const { key, from, to } of changes) log(`${key}: ${to} from now on, ${from} before`);
  if (isMoved) log(`images: those in ${record.data} from now on${previous.data === '' ? '' : `, those in ${previous.data} before`}`);
  const isReadOtherwise = JSON.stringify(previous.dataset) !== JSON.stringify(record.dataset);
  if (changes.length > 0 || isMoved || isReadOtherwise) await writeRunRecord(out, record);
  return { ...(changes.length > 0 && { changes }), ...(isMoved && { data: { from: previous.data, to: record.data } }) };
}
