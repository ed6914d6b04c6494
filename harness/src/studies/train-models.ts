import { CONFIG_KEYS, type Config, findCheckpoint, findRunRecord } from '@stargan/run';
import { writeReport } from '../report/write-report.js';
import { train, type TrainOptions } from '../training/train.js';
import { isUsageError, UsageError } from '../usage-error.js';

/** A model that a study trains and compares with others. */
export interface StudyModel {
  /** Short, such as a letter. */
  readonly name: string;
  readonly title: string;
  /** Folder of its run. */
  readonly run: string;
  /** Folder of its images. */
  readonly data: string;
  readonly config: Config;
}

/** Where a study says how far it is, and what stops it. */
export interface StudyControl {
  /** Prints a line. */
  readonly log: (line: string) => void;
  /** Aborting it saves the model that is being trained, or what has been measured, and ends the study. */
  readonly signal?: AbortSignal;
}

/** What a study takes besides its own options. */
export interface StudyOptions extends StudyControl {
  readonly data: string;
  /** Folder of the study; every model is a run below it. */
  readonly out: string;
  /** Configuration that all models share. */
  readonly base: Config;
  readonly progress?: 'stdout' | 'stderr';
}

/** A study's files and its table as text, or the model at which it was stopped. */
export type StudyResult<Name extends string = string> =
  { completed: true; json: string; html: string; text: string } | { completed: false; model: Name };

/**
 * Trains models one after another and writes their reports. Finished runs are kept, interrupted ones are resumed.
 *
 * @param announce how a model is introduced
 * @returns the model at which it was stopped, undefined when all are trained
 * @throws UsageError when a folder holds a run of other settings, which could not be compared
 * @throws Error naming the model whose training failed
 */
export async function trainModels<Model extends StudyModel>(
  models: readonly Model[],
  { log, signal, progress }: StudyControl & Pick<TrainOptions, 'progress'>,
  announce: (model: Model) => string = ({ name }) => name,
): Promise<Model | undefined> {
  for (const model of models) {
    log(`${announce(model)}: ${model.config.iterations} iterations`);
    await requireSameSettings(model);
    const { checkpoint } = await findCheckpoint(model.run);
    if (checkpoint?.iteration === model.config.iterations) log(`${model.name} is already trained`);
    else if (!(await trainModel(model, { signal, progress }))) return model;
    await writeReport(model.run);
  }
  return undefined;
}

/** Whether the training was completed. */
async function trainModel({ name, run, data, config }: StudyModel, options: Pick<TrainOptions, 'signal' | 'progress'>): Promise<boolean> {
  try {
    return (await train({ data, out: run, config, resume: true, ...options })).completed;
  } catch (error) {
    if (isUsageError(error)) throw error;
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

/** Keys that say what is recorded when: they do not change what a run learns. */
const RECORDING: readonly (keyof Config)[] = [
  ...(['logEvery', 'sampleEvery', 'sampleDomains', 'sampleSources', 'saveEvery', 'saveMinutes', 'keepCheckpoints'] as const),
  ...(['fingerprint', 'bestMetric'] as const),
  // Where no image is broken, how broken ones are handled makes no difference.
  ...(['onCorrupt', 'corruptLimit', 'checkImages'] as const),
  ...(['evaluateEvery', 'evaluateOutputs', 'evaluateSources', 'evaluateReals', 'evaluateClassifierSteps', 'evaluateFid'] as const),
];

/** More iterations make a longer run of the same model; another value of anything it learns from makes another model. */
async function requireSameSettings({ run, config }: StudyModel): Promise<void> {
  const previous = await findRunRecord(run);
  if (previous === undefined) return;
  const changed = CONFIG_KEYS.find((key) => key !== 'iterations' && !RECORDING.includes(key) && previous.config[key] !== config[key]);
  if (changed !== undefined)
    throw new UsageError(
      `${run} was trained with ${changed} ${previous.config[changed]}, now it is ${config[changed]}; leave it as it was, or name another folder as --out`,
    );
  const { checkpoint } = await findCheckpoint(run);
  if (checkpoint !== undefined && checkpoint.iteration > config.iterations)
    throw new UsageError(
      `${run} was trained for ${checkpoint.iteration} iterations, now ${config.iterations} are wanted; ask for as many, or name another folder as --out`,
    );
}
