import type { ConfigOf, Fields } from '@stargan/config';
import { batchFields, objectiveFields, optimizerFields } from '../iteration/config-fields.js';
import { architectureFields, sizeFields } from '../networks/config-fields.js';

/** What settles the networks, the objective, the updates and the optimisers; the defaults are the reference implementation's. */
export const trainingFields = {
  ...sizeFields,
  ...architectureFields,
  ...batchFields,
  ...optimizerFields,
  ...objectiveFields,
} as const satisfies Fields;

/** The part of a configuration that networks, updates and optimisers read. */
export type TrainingConfig = ConfigOf<typeof trainingFields>;
