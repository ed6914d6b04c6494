import path from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import type { Checkpoint } from '@stargan/checkpoints';
import { createTrainingStream, openDataset, type Dataset, type TrainingStream } from '@stargan/data';
import type { Config } from '../config/schema.js';
import { trainingEvaluation, type TrainingEvaluation } from '../evaluation/training-evaluation.js';
import { turnEventLoop } from '../evaluation/turn-event-loop.js';
import { describeDataWait } from '../logging/data-wait.js';
import { openMetricLog, readMetricLog, type MetricLog } from '../logging/metric-log.js';
import { createProgress, type Progress } from '../logging/progress.js';
import { AVERAGED_NAMES, buildNetworks, type Networks } from '../model/networks.js';
import { mapNames } from '../model/weights.js';
import { loadFixedInputs, writeSamples, type FixedInputs } from '../sampling/fixed-samples.js';
import { UsageError } from '../usage-error.js';
import { imagesPerIteration } from './batch.js';
import { disposeBatch, tensorBatch } from './batches.js';
import { readState, writeCheckpoint } from './checkpoint.js';
import { trainIteration, type Losses } from './iteration.js';
import { findCheckpoint, findRunRecord, runPaths, writeRunRecord, type RunRecord } from './run-directory.js';
import { buildOptimizers, disposeState, initialState, type Optimizers, type TrainingState } from './state.js';

/** What to train, on what, and where to keep it. */
export interface TrainOptions {
  /** Folder of the images. */
  data: string;
  /** Folder of the run. */
  out: string;
  /** A configuration that was checked, as {@link resolveConfig} gives it. */
  config: Config;
  /** Go on from the newest checkpoint in `out`, or begin when there is none. */
  resume?: boolean;
  /** Where the progress goes; standard output by default. */
  progress?: 'stdout' | 'stderr';
  /** Told the number of domains once the images were found and the run was accepted, before anything is computed. */
  onStart?: (domains: number) => void | Promise<void>;
  /** Aborting it saves a checkpoint after the current iteration and ends the training. */
  signal?: AbortSignal;
}

/** How a training ended. */
export interface TrainResult {
  /** Iterations done in all. */
  iteration: number;
  /** Whether that is all that were asked for. */
  completed: boolean;
  /** Folder of the last checkpoint. */
  checkpoint: string;
}

/** A training under way. */
interface Training {
  config: Config;
  out: string;
  dataset: Dataset;
  networks: Networks;
  optimizers: Optimizers;
  state: TrainingState;
  stream: TrainingStream;
  inputs: FixedInputs;
  log: MetricLog;
  speed: MetricLog;
  progress: Progress;
  evaluation: TrainingEvaluation;
  lastCheckpoint: Checkpoint | undefined;
}

/**
 * Trains until `iterations` are done or `signal` is aborted, with sample grids, a log and checkpoints in `out`.
 *
 * Resuming continues bit for bit: all random numbers are functions of the seed and the iteration.
 *
 * @param options the images, the folder of the run and the configuration; whether to resume, where progress goes, and
 *   what stops it
 * @throws UsageError when `out` holds a run and `resume` is not set, or the run was made with other sizes
 * @throws Error when an image cannot be read, a loss is not finite, or the disk is full; older checkpoints stay
 */
export async function train({ data, out, config, resume = false, progress: output = 'stdout', onStart, signal }: TrainOptions): Promise<TrainResult> {
  const dataset = await openDataset(data);
  if (config.evaluateEvery > 0 && dataset.train.domains.length < 2) throw new UsageError('evaluation translates between domains, and there is only one; leave evaluateEvery at 0');
  const record: RunRecord = { config, data: path.resolve(data), domains: dataset.train.domains.map(({ name }) => name) };
  await requireFittingRun(out, record, resume);
  await onStart?.(record.domains.length);
  const networks = buildNetworks(config, record.domains.length);
  const optimizers = buildOptimizers(config);
  const { checkpoint, notes } = await findCheckpoint(out);
  for (const note of notes) console.warn(note);
  const state = checkpoint === undefined ? initialState(networks, optimizers, config.seed) : await readState(networks, checkpoint);
  await writeRunRecord(out, record);

  const paths = runPaths(out);
  const log = await openMetricLog(paths.log, state.iteration);
  const speed = await openMetricLog(paths.speed, state.iteration);
  if ((await readMetricLog(paths.evaluationLog)).length > 0) await openMetricLog(paths.evaluationLog, state.iteration);
  const inputs = await loadFixedInputs(dataset.validation ?? dataset.train, config);
  const { imageSize, seed, cropProbability, onCorrupt } = config;
  const startIteration = state.iteration;
  const stream = createTrainingStream(dataset.train, { imageSize, batch: imagesPerIteration(config), seed, cropProbability, onCorrupt, startIteration });
  const progress = createProgress(state.iteration, config.iterations, process[output]);
  const evaluation = trainingEvaluation({ run: out, config, dataset, say: (text) => progress.say(text), signal });
  const training: Training = { config, out, dataset, networks, optimizers, state, stream, inputs, log, speed, progress, evaluation, lastCheckpoint: checkpoint };
  try {
    const began = performance.now();
    await runIterations(training, signal);
    if (state.iteration > startIteration) progress.say(describeDataWait(stream.statistics().waitSeconds, (performance.now() - began) / 1000));
    const saved = await save(training);
    return { iteration: state.iteration, completed: state.iteration >= config.iterations, checkpoint: saved };
  } finally {
    progress.stop();
    evaluation.dispose();
    await stream.close();
    disposeState(state);
  }
}

/** Keys that settle shapes or random streams: a run cannot change them halfway. */
const FIXED_KEYS = [
  ...(['imageSize', 'styleDim', 'latentDim', 'hiddenDim', 'widthBudget', 'maxWidth', 'highPass'] as const),
  ...(['style', 'injection', 'mappingNetwork', 'styleEncoder', 'discriminator'] as const),
] satisfies readonly (keyof Config)[];

async function requireFittingRun(out: string, record: RunRecord, resume: boolean): Promise<void> {
  const previous = await findRunRecord(out);
  if (previous === undefined) return;
  if (!resume) throw new UsageError(`${out} holds a run already; add --resume to go on with it, or name another folder as --out`);
  if (previous.domains.join('/') !== record.domains.join('/')) {
    throw new UsageError(`${out} was trained on the domains ${previous.domains.join(', ')}, the data has ${record.domains.join(', ')}; name another folder as --out`);
  }
  for (const key of FIXED_KEYS) {
    if (previous.config[key] !== record.config[key]) {
      throw new UsageError(`${out} was trained with ${key} ${previous.config[key]}, now it is ${record.config[key]}; leave it as it was, or name another folder as --out`);
    }
  }
}

const isDue = (iteration: number, every: number): boolean => every > 0 && iteration % every === 0;

async function runIterations(training: Training, signal: AbortSignal | undefined): Promise<void> {
  const { config, networks, optimizers, state, stream, progress } = training;
  // An evaluation that was stopped, or had not begun when the checkpoint was there, comes first.
  if (isEvaluationDue(training)) await evaluate(training);
  let reported = new Set<string>();
  let began = performance.now();
  let waited = 0;
  let logged = state.iteration;
  while (state.iteration < config.iterations && signal?.aborted !== true) {
    const prepared = await stream.next();
    const batch = tensorBatch(prepared, config.imageSize, config.latentDim, config.seed, config.penalty);
    const losses = trainIteration(networks, optimizers, state, batch, config);
    disposeBatch(batch);
    requireFinite(losses, training);
    progress.update(state.iteration, losses);
    reported = reportSkipped(training, reported);

    const { iteration } = state;
    if (isDue(iteration, config.logEvery) || iteration === config.iterations) {
      await training.log.append({ iteration, ...losses });
      const seconds = (performance.now() - began) / 1000;
      const { waitSeconds } = stream.statistics();
      const dataWaitSeconds = waitSeconds - waited;
      const wait = { dataWaitSeconds, dataWaitShare: dataWaitSeconds / seconds };
      await training.speed.append({ iteration, iterations: iteration - logged, seconds, ...wait, tensorBytes: memory().numBytes, residentBytes: process.memoryUsage.rss() });
      waited = waitSeconds;
      logged = iteration;
      began = performance.now();
    }
    if (isDue(iteration, config.sampleEvery) || iteration === config.iterations) await sample(training, signal);
    if (isDue(iteration, config.saveEvery)) await save(training);
    if (isEvaluationDue(training)) {
      const paused = performance.now();
      await evaluate(training);
      began += performance.now() - paused; // speed is that of training
    }
    await turnEventLoop();
  }
}

function requireFinite(losses: Losses, { state, lastCheckpoint }: Training): void {
  for (const [name, value] of Object.entries(losses)) {
    if (Number.isFinite(value)) continue;
    const remedy =
      lastCheckpoint === undefined
        ? 'there is no checkpoint yet: lower learningRate or raise lambdaR1 and start again'
        : `the last good checkpoint is ${lastCheckpoint.path}: lower learningRate or raise lambdaR1 and go on with --resume`;
    throw new Error(`iteration ${state.iteration}: the loss ${name} is ${value}; training stopped, ${remedy}`);
  }
}

/** Names images that were left out, each once. */
function reportSkipped({ stream, progress }: Training, reported: Set<string>): Set<string> {
  const { skipped } = stream.statistics();
  if (skipped.length === reported.size) return reported;
  for (const { file, reason } of skipped) if (!reported.has(file)) progress.say(`left out ${file}: ${reason}`);
  return new Set(skipped.map(({ file }) => file));
}

async function sample({ config, networks, state, inputs, out }: Training, signal: AbortSignal | undefined): Promise<void> {
  const weights = mapNames(AVERAGED_NAMES, (name) => state.averages[name]);
  const name = `${state.iteration}`.padStart(7, '0');
  await writeSamples({ networks, weights }, inputs, runPaths(out).samples, name, config, signal);
}

const isEvaluationDue = ({ config, state }: Training): boolean =>
  config.evaluateEvery > 0 && state.iteration > 0 && (isDue(state.iteration, config.evaluateEvery) || state.iteration === config.iterations);

/** Evaluates a checkpoint of this iteration; one that has been evaluated is passed over. */
async function evaluate(training: Training): Promise<void> {
  await save(training);
  const { networks, state, evaluation, lastCheckpoint } = training;
  await evaluation.evaluate(lastCheckpoint!, { networks, weights: mapNames(AVERAGED_NAMES, (name) => state.averages[name]) });
}

async function save(training: Training): Promise<string> {
  const { out, networks, state, config, lastCheckpoint } = training;
  if (lastCheckpoint?.iteration === state.iteration) return lastCheckpoint.path;
  training.lastCheckpoint = await writeCheckpoint(out, networks, state, config.keepCheckpoints);
  return training.lastCheckpoint.path;
}
