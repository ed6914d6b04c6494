import type { Dataset, TrainingStream } from '@stargan/data';
import type { Config } from '../config/schema.js';
import { openTrainingImages } from '../dataset/training-images.js';
import type { TrainingEvaluation } from '../evaluation/training-evaluation.js';
import { openMetricLog, readMetricLog, type MetricLog } from '../logging/metric-log.js';
import type { Progress } from '../logging/progress.js';
import type { Networks, Optimizers, TrainingState } from '@stargan/training';
import type { FixedInputs } from '../sampling/fixed-inputs.js';
import { patientLog, type Attempts } from './attempts.js';
import { recordEvent, type RunEvent } from './run-history.js';
import { runPaths } from './run-directory.js';
import type { Saver } from './saver.js';

/** A training under way. */
export interface Training {
  readonly config: Config;
  readonly out: string;
  readonly dataset: Dataset;
  readonly networks: Networks;
  readonly optimizers: Optimizers;
  readonly inputs: FixedInputs;
  readonly progress: Progress;
  readonly evaluation: TrainingEvaluation;
  readonly saver: Saver;
  readonly attempts: Attempts;
  state: TrainingState;
  stream: TrainingStream;
  logs: Logs;
  /** Whether an update has begun and not ended: the state is then of no iteration. */
  isUpdating: boolean;
}

/** What training writes line by line. */
export interface Logs {
  readonly losses: MetricLog;
  readonly speed: MetricLog;
}

/** The stream of images from where a state is. */
export function openStream({ train }: Dataset, config: Config, { iteration, drawOffset }: TrainingState): TrainingStream {
  return openTrainingImages(train, config, iteration + drawOffset);
}

/** The logs of a run that goes on after this iteration; lines of later ones are dropped, for they are done again. */
export async function openLogs(out: string, iteration: number): Promise<Logs> {
  const paths = runPaths(out);
  const losses = patientLog(await openMetricLog(paths.log, iteration));
  const speed = patientLog(await openMetricLog(paths.speed, iteration));
  if ((await readMetricLog(paths.evaluationLog)).length > 0) await openMetricLog(paths.evaluationLog, iteration);
  return { losses, speed };
}

/** Adds to the run's history; training goes on where that fails. */
export function remember({ attempts, out }: Pick<Training, 'attempts' | 'out'>, event: RunEvent): Promise<void> {
  return attempts.attempt('history.jsonl', () => recordEvent(out, event));
}
