import { CONFIG_KEYS, type Config } from '../config/schema.js';
import type { TrainOptions } from '../training/train.js';
import { train } from '../training/train.js';
import { findCheckpoint, findRunRecord } from '../run/run-directory.js';
import { UsageError } from '../usage-error.js';

/** A training that is compared with others. */
export interface Candidate {
  /** Short, such as a letter. */
  readonly name: string;
  readonly title: string;
  /** Folder of its run. */
  readonly run: string;
  /** Folder of its images. */
  readonly data: string;
  readonly config: Config;
}

/** How a candidate's training ended: it was whole before, is whole now, or was stopped. */
export type CandidateOutcome = 'kept' | 'trained' | 'stopped';

/**
 * Trains a candidate, or what is missing of it: a run that is whole is kept, one that was interrupted goes on.
 *
 * @throws UsageError when its folder holds a run of other settings, for then it could not be compared
 * @throws Error naming the candidate when training fails
 */
export async function trainCandidate(
  { name, run, data, config }: Candidate,
  options: Pick<TrainOptions, 'signal' | 'progress'> = {},
): Promise<CandidateOutcome> {
  await requireSameSettings(run, config);
  const { checkpoint } = await findCheckpoint(run);
  if (checkpoint?.iteration === config.iterations) return 'kept';
  try {
    const { completed } = await train({ data, out: run, config, resume: true, ...options });
    return completed ? 'trained' : 'stopped';
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

/** Keys that say what is written when: they do not change what a run learns. */
const RECORDING: readonly (keyof Config)[] = [
  ...([
    'logEvery',
    'sampleEvery',
    'sampleDomains',
    'sampleSources',
    'saveEvery',
    'saveMinutes',
    'keepCheckpoints',
    'fingerprint',
    'bestMetric',
  ] as const),
  // Where no image is broken, how broken ones are handled makes no difference.
  ...(['onCorrupt', 'corruptLimit', 'checkImages'] as const),
  ...(['evaluateEvery', 'evaluateOutputs', 'evaluateSources', 'evaluateReals', 'evaluateClassifierSteps', 'evaluateFid'] as const),
];

/** More iterations are a longer run of the same; another value of what is learnt from makes another run. */
async function requireSameSettings(run: string, config: Config): Promise<void> {
  const previous = await findRunRecord(run);
  if (previous === undefined) return;
  const changed = CONFIG_KEYS.find((key) => key !== 'iterations' && !RECORDING.includes(key) && previous.config[key] !== config[key]);
  if (changed !== undefined) {
    throw new UsageError(
      `${run} was trained with ${changed} ${previous.config[changed]}, now it is ${config[changed]}; leave it as it was, or name another folder as --out`,
    );
  }
  const { checkpoint } = await findCheckpoint(run);
  if (checkpoint !== undefined && checkpoint.iteration > config.iterations) {
    throw new UsageError(
      `${run} was trained for ${checkpoint.iteration} iterations, now ${config.iterations} are wanted; ask for as many, or name another folder as --out`,
    );
  }
}
