import type { ReadableFolder } from '@stargan/checkpoints';
import { parseFields } from '@stargan/config';
import { renameKeys } from '../config/renamed-keys.js';
import { type TrainingConfig, trainingFields } from '../config/training-config.js';
import { buildNetworks, type Networks } from '../networks/networks.js';

/** What a run was started with, as far as its model goes. */
export interface ModelRecord {
  /** Its configuration. */
  readonly config: TrainingConfig;
  /** Names of the domains, by label. */
  readonly domains: readonly string[];
}

/** A record, and the networks that it describes. */
export interface OpenedRecord extends ModelRecord {
  /** Built for the configuration and the number of domains; they hold no weights. */
  readonly networks: Networks;
}

/** Name of the file that keeps it, in the folder of a run. */
export const RECORD_FILE = 'config.json';

/**
 * The record in the folder of a run, and the networks that it describes.
 *
 * @param folder of the run, as `openFolder` gives it
 * @returns undefined where the folder holds none
 * @throws naming the file when it is damaged
 */
export async function readModelRecord(folder: ReadableFolder): Promise<OpenedRecord | undefined> {
  const text = await folder.text(RECORD_FILE);
  if (text === undefined) return undefined;
  try {
    const { config: values, domains } = parseStoredRecord(text);
    const config = parseFields(trainingFields, values);
    return { config, domains, networks: buildNetworks(config, domains.length) };
  } catch (error) {
    throw new Error(`${folder.locate(RECORD_FILE)} is damaged: ${(error as Error).message}`, { cause: error });
  }
}

/** The record in the folder of a run, its form checked, by the names of today. */
export interface StoredRecord {
  /** Values of its configuration, not checked yet: those of a model, and those that only the program that wrote it knows. */
  readonly config: Readonly<Record<string, unknown>>;
  /** A sentence for each key or value of the configuration that has another name now. */
  readonly notes: readonly string[];
  /** Names of the domains, by label. */
  readonly domains: string[];
  /** All else that it holds, as it came. */
  readonly others: Readonly<Record<string, unknown>>;
}

/**
 * Parses the record of a run, as any version wrote it.
 *
 * @param text of its {@link RECORD_FILE}
 * @throws {Error} saying what is wrong with it
 */
export function parseStoredRecord(text: string): StoredRecord {
  const stored: unknown = JSON.parse(text);
  if (!isRecord(stored)) throw new Error('it must hold an object');
  const { formatVersion, config, domains, ...others } = stored;
  if (formatVersion !== 1)
    throw new Error(`formatVersion must be 1, got ${JSON.stringify(formatVersion)}; it was written by another version`);
  if (!isRecord(config)) throw new Error('config must be an object');
  if (!Array.isArray(domains) || domains.length === 0 || !domains.every((name) => typeof name === 'string'))
    throw new Error('domains must be a list of names, at least one');
  const { values, notes } = renameKeys(config);
  // Composed, as domains are named since; earlier versions took the names as the system gave them.
  return { config: values, notes, domains: domains.map((name) => name.normalize('NFC')), others };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
