import { parseFields } from '@stargan/config';
import { renameKeys } from '../config/renamed-keys.js';
import { trainingFields, type TrainingConfig } from '../config/training-config.js';

/**
 * The configuration of a model, as any version wrote it. What else a run is configured with, such as how often it
 * saves, is left out.
 *
 * @throws naming the key, what was expected and what came
 */
export function parseStoredConfig(stored: Readonly<Record<string, unknown>>): TrainingConfig {
  return parseFields(trainingFields, renameKeys(stored).values);
}
