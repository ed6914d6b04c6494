import { z } from 'zod';
import { requireFirstWidth, trainingFields, type TrainingConfig } from '../config/schema.js';

/** What else a run is configured with, such as how often it saves, is no matter of the model. */
const modelConfig = z.object(trainingFields).superRefine(requireFirstWidth);

/**
 * The configuration of a model, as any version wrote it.
 *
 * @throws naming the key
 */
export function parseStoredConfig(stored: Readonly<Record<string, unknown>>): TrainingConfig {
  const parsed = modelConfig.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}
