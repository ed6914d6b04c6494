import { renameKeys } from '../config/renamed-keys.js';
import { trainingFields, type TrainingConfig } from '../config/training-config.js';
import { faultOf, withDefaults } from '../field.js';

/**
 * The configuration of a model, as any version wrote it. What else a run is configured with, such as how often it
 * saves, is left out.
 *
 * @throws naming the key, what was expected and what came
 */
export function parseStoredConfig(stored: Readonly<Record<string, unknown>>): TrainingConfig {
  const { values } = renameKeys(stored);
  const faults = Object.entries(trainingFields).flatMap(([key, field]) => {
    const fault = values[key] === undefined ? undefined : faultOf(field, values[key]);
    return fault === undefined ? [] : [`${key} ${fault}, got ${JSON.stringify(values[key])}`];
  });
  if (faults.length > 0) throw new Error(faults.join('; '));
  const config = withDefaults(trainingFields, values as Partial<TrainingConfig>);
  const { widthBudget, imageSize } = config;
  if (widthBudget < imageSize) throw new Error(`widthBudget must be at least imageSize, ${imageSize}, for one channel, got ${widthBudget}`);
  return config;
}
