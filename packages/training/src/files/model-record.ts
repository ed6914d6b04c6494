import type { ReadableFolder } from '@stargan/checkpoints';
import { z } from 'zod';
import { requireFirstWidth, trainingFields, type TrainingConfig } from '../config/schema.js';

/** What a run was started with, as far as its model goes. */
export interface ModelRecord {
  /** Its configuration. */
  readonly config: TrainingConfig;
  /** Names of the domains, by label. */
  readonly domains: readonly string[];
}

/** Name of the file that keeps it, in the folder of a run. */
export const RECORD_FILE = 'config.json';

const storedRecord = z.object({
  formatVersion: z.literal(1),
  config: z.record(z.string(), z.unknown()),
  domains: z.array(z.string()).min(1),
});

/** What else a run is configured with, such as how often it saves, is no matter of the model. */
const modelConfig = z.object(trainingFields).superRefine(requireFirstWidth);

/** The configuration of a model, as any version wrote it. */
function parseStoredConfig(stored: Readonly<Record<string, unknown>>): TrainingConfig {
  return modelConfig.parse(stored);
}

/**
 * The record in the folder of a run.
 *
 * @returns undefined where the folder holds none
 * @throws naming the file when it is damaged
 */
export async function readModelRecord(folder: ReadableFolder): Promise<ModelRecord | undefined> {
  const text = await folder.text(RECORD_FILE);
  if (text === undefined) return undefined;
  try {
    const { config, domains } = storedRecord.parse(JSON.parse(text));
    // Composed, as domains are named since; earlier versions took the names as the system gave them.
    return { config: parseStoredConfig(config), domains: domains.map((name) => name.normalize('NFC')) };
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error).replaceAll(/\s*\n\s*/g, ' ') : (error as Error).message;
    throw new Error(`${folder.locate(RECORD_FILE)} is damaged: ${reason}`, { cause: error });
  }
}
