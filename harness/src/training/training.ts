import type { Dataset, TrainingSampler, TrainingStream } from '@stargan/data';
import type { Frozen, Networks, Optimizers, TrainingState } from '@stargan/training';
import {
  type Config,
  openMetricLog,
  readMetricLog,
  retryingLog,
  type MetricLog,
  runPaths,
  appendToHistory,
  type RunEvent,
} from '@stargan/run';
import { openTrainingImages } from '../dataset/training-images.js';
import type { TrainingEvaluation } from '../evaluation/training-evaluation.js';
import type { OptionalWrites } from '../logging/optional-writes.js';
import type { FixedInputs } from '../sampling/fixed-inputs.js';
import type { CompiledIteration } from './compiled-iteration.js';
import type { Monitor } from './monitor.js';
import type { Saver } from './saver.js';
import type { TrainingProgress } from './training-progress.js';

/** What is trained, on which images, and where it is kept: the same from the first iteration to the last. */
export interface TrainingSetup {
  readonly config: Config;
  /** Folder of the run. */
  readonly out: string;
  readonly dataset: Dataset;
  readonly networks: Networks;
  /** Parameters that stay as they are. */
  readonly frozen: Frozen;
  readonly optimizers: Optimizers;
  readonly updates: CompiledIteration;
  /** Chooses the images of each iteration. */
  readonly sampler: TrainingSampler;
}

/** Where a training is: the loop moves it forward, a roll-back takes it back. */
export interface TrainingPosition {
  state: TrainingState;
  /** The images from the state's iteration on. */
  stream: TrainingStream;
  logs: TrainingLogs;
  /** Whether an update has begun and not ended: the state then belongs to no iteration. */
  isUpdating: boolean;
}

/** What a training writes and shows besides its logs. */
export interface TrainingOutputs {
  readonly saver: Saver;
  readonly progress: TrainingProgress;
  readonly optionalWrites: OptionalWrites;
  readonly monitor: Monitor;
  /** The images that every sample grid shows. */
  readonly fixedInputs: FixedInputs;
  readonly evaluate: TrainingEvaluation['evaluate'];
}

/** A training under way. */
export interface Training {
  readonly setup: TrainingSetup;
  readonly position: TrainingPosition;
  readonly outputs: TrainingOutputs;
}

/** The logs of a training. */
export interface TrainingLogs {
  readonly losses: MetricLog;
  readonly speed: MetricLog;
}

/** The stream of images from a state's position on. */
export function openStream({ dataset, config, sampler }: TrainingSetup, { iteration, drawOffset }: TrainingState): TrainingStream {
  return openTrainingImages(dataset.train, config, iteration + drawOffset, sampler);
}

/** The logs of a run that goes on after this iteration; lines of later ones are dropped, since those are done again. */
export async function openLogs(out: string, iteration: number): Promise<TrainingLogs> {
  const paths = runPaths(out);
  const losses = retryingLog(await openMetricLog(paths.log, iteration));
  const speed = retryingLog(await openMetricLog(paths.speed, iteration));
  if ((await readMetricLog(paths.evaluationLog)).length > 0) await openMetricLog(paths.evaluationLog, iteration);
  return { losses, speed };
}

/** Adds an event to the run's history; training goes on where that fails. */
export function recordEvent({ setup, outputs }: Pick<Training, 'setup' | 'outputs'>, event: RunEvent): Promise<void> {
  return outputs.optionalWrites.attempt('history.jsonl', () => appendToHistory(setup.out, event));
}
