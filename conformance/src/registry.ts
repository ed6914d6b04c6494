import type { ConvolutionMethod } from '@stargan/layers';
import { blockCase } from './cases/blocks.js';
import { badCheckpointCase, networkCheckpointCase, optimizerCheckpointCase, viewsCheckpointCase } from './cases/checkpoints.js';
import { inceptionCase, lpipsCase } from './cases/feature-networks.js';
import { fidInputCase } from './cases/fid-inputs.js';
import { featureStatisticsCase, frechetCase } from './cases/frechet.js';
import { hashCase } from './cases/hash.js';
import { adversarialLossCase, objectiveCase } from './cases/losses.js';
import { networkCase } from './cases/networks.js';
import { preprocessingCase } from './cases/preprocessing.js';
import { adamCase, iterationsCase, movingAverageCase } from './cases/training.js';
import { interpolationCase, saveImageCase, truncationCase } from './cases/utilities.js';
import type { GoldenCase } from './manifest.js';
import type { Outcome } from './outcome.js';

/** What a case may need besides its own entry. */
export interface CaseContext {
  /** The goldens folder. */
  readonly directory: string;
  readonly variant: ConvolutionMethod;
}

/** Computes what a case expects, through the public packages. */
export type CaseRunner = (golden: GoldenCase, context: CaseContext) => Outcome | Promise<Outcome>;

/** Kinds of cases, recognised by group and id; the first match is taken. A new kind is one more line. */
const KINDS: readonly { group: string; id: RegExp; run: CaseRunner }[] = [
  { group: 'hash', id: /^hash/, run: hashCase },
  { group: 'blocks', id: /^block-/, run: (golden, { variant }) => blockCase(golden, variant) },
  { group: 'networks', id: /^net-/, run: (golden, { variant }) => networkCase(golden, variant) },
  { group: 'losses', id: /^loss-adv/, run: adversarialLossCase },
  { group: 'losses', id: /^loss-[dg]-/, run: (golden, { variant }) => objectiveCase(golden, variant) },
  { group: 'training', id: /^train-adam/, run: adamCase },
  { group: 'training', id: /^train-ema/, run: movingAverageCase },
  { group: 'training', id: /^train-/, run: (golden, { variant }) => iterationsCase(golden, variant) },
  { group: 'checkpoints', id: /^checkpoint-nets/, run: (golden, { directory }) => networkCheckpointCase(golden, directory) },
  { group: 'checkpoints', id: /^checkpoint-optims/, run: (golden, { directory }) => optimizerCheckpointCase(golden, directory) },
  { group: 'checkpoints', id: /^checkpoint-views/, run: (golden, { directory }) => viewsCheckpointCase(golden, directory) },
  { group: 'checkpoints', id: /^checkpoint-bad/, run: (golden, { directory }) => badCheckpointCase(golden, directory) },
  { group: 'preprocessing', id: /^preprocess-/, run: (golden, { directory }) => preprocessingCase(golden, directory) },
  { group: 'fid', id: /^fid-features-/, run: featureStatisticsCase },
  { group: 'fid', id: /^fid-frechet-/, run: (golden, { directory }) => frechetCase(golden, directory) },
  { group: 'fid', id: /^fid-inception-/, run: inceptionCase },
  { group: 'fid', id: /^fid-input-/, run: fidInputCase },
  // The weights themselves (lpips-lin-weights) expect nothing.
  { group: 'lpips', id: /^lpips-(?!lin-weights)/, run: (golden, { directory }) => lpipsCase(golden, directory) },
  { group: 'utilities', id: /^utility-interpolation/, run: interpolationCase },
  { group: 'utilities', id: /^utility-save-image/, run: saveImageCase },
  { group: 'utilities', id: /^utility-truncation/, run: truncationCase },
];

/** The runner of a case, or undefined when its kind is not covered. */
export function findRunner(golden: GoldenCase): CaseRunner | undefined {
  return KINDS.find(({ group, id }) => group === golden.group && id.test(golden.id))?.run;
}
