import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { openDataset, type Dataset, type DatasetReport } from '@stargan/data';
import type { Config } from '../config/schema.js';
import { checkDataset, type DatasetRecord } from '../dataset/check-dataset.js';
import { sayDataset } from '../dataset/describe-dataset.js';
import { trainingEvaluation } from '../evaluation/training-evaluation.js';
import { describeDataWait } from '../logging/data-wait.js';
import { createProgress } from '../logging/progress.js';
import { buildNetworks, buildOptimizers, disposeState, initialState, type TrainingState } from '@stargan/training';
import { loadFixedInputs } from '../sampling/fixed-inputs.js';
import { UsageError } from '../usage-error.js';
import { tolerateFailures } from './attempts.js';
import {
  compareFingerprints,
  describeDifference,
  fingerprintOf,
  readFingerprint,
  writeFingerprint,
  type DataDifference,
} from './data-fingerprint.js';
import { describeFinding, findUnusable } from './non-finite.js';
import { openNewestState } from './open-state.js';
import { changedValues, requireFittingRun, type ConfigChange } from './resume-rules.js';
import { NonFiniteError } from './roll-back.js';
import { writeRunRecord, type RunRecord } from './run-directory.js';
import { runIterations } from './run-iterations.js';
import { lockRun, type RunLock } from './run-lock.js';
import { createSaver, lastOf } from './saver.js';
import { openLogs, openStream, remember, type Training } from './training.js';

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
  /** What was read of the images, what was not and why. */
  dataset: DatasetRecord;
}

/**
 * Trains until `iterations` are done or `signal` is aborted, with sample grids, a log and checkpoints in `out`.
 *
 * Resuming continues bit for bit: all random numbers are functions of the seed and the iteration. Whatever fails
 * outside the update itself, the state in memory is saved first.
 *
 * @param options the images, the folder of the run and the configuration; whether to resume, where progress goes, and
 *   what stops it
 * @throws UsageError when another process trains in `out`, `out` holds a run and `resume` is not set, or the run was
 *   made with other sizes
 * @throws Error when an image cannot be read, a value is not finite, or the last iteration cannot be saved; it says
 *   what was saved, and older checkpoints stay
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { data, out, config } = options;
  const dataset = await openDataset(data);
  const report = sayDataset(dataset);
  if (config.evaluateEvery > 0 && dataset.train.domains.length < 2)
    throw new UsageError('evaluation translates between domains, and there is only one; leave evaluateEvery at 0');
  await mkdir(out, { recursive: true });
  const lock = await lockRun(out);
  try {
    return await trainLocked(options, dataset, report, lock);
  } finally {
    await lock.release();
  }
}

async function trainLocked(
  { data, out, config, resume = false, progress: output = 'stdout', onStart, signal }: TrainOptions,
  dataset: Dataset,
  report: DatasetReport,
  lock: RunLock,
): Promise<TrainResult> {
  const record: RunRecord = { config, data: path.resolve(data), domains: dataset.train.domains.map(({ name }) => name) };
  const previous = await requireFittingRun(out, record, resume);
  record.dataset = { ...report, ...(await checkDataset(dataset, config, console.error, signal)) };
  await onStart?.(record.domains.length);
  const networks = buildNetworks(config, record.domains.length);
  const optimizers = buildOptimizers(config);
  const opened = await openNewestState(out, networks, { domains: record.domains.length, sizes: config, say: (line) => console.warn(line) });
  const state = opened?.state ?? initialState(networks, optimizers, config.seed);
  const { iteration: startIteration } = state;
  if (previous !== undefined && opened === undefined) console.warn(`${out} has no checkpoint yet: training begins at iteration 0`);

  const inputs = await loadFixedInputs(dataset.validation ?? dataset.train, config);
  const changes = await adoptRecord(out, record, previous);
  const logs = await openLogs(out, startIteration);
  const progress = createProgress(startIteration, config.iterations, process[output]);
  const warn = (line: string): void => progress.say(line);
  const attempts = tolerateFailures(warn);
  const faultOf = (current: TrainingState): string | undefined => {
    const finding = findUnusable(networks, current, record.domains.length, config);
    return finding && describeFinding(finding);
  };
  const saver = createSaver({ out, networks, config, lock, faultOf, last: opened?.checkpoint, warn });
  const evaluation = trainingEvaluation({ run: out, config, dataset, say: warn, signal });
  const stream = openStream(dataset, config, state);
  const training: Training = {
    config,
    out,
    dataset,
    networks,
    optimizers,
    state,
    stream,
    logs,
    inputs,
    progress,
    evaluation,
    saver,
    attempts,
    isUpdating: false,
  };
  try {
    await remember(training, {
      event: previous === undefined ? 'begun' : 'resumed',
      iteration: startIteration,
      checkpoint: opened?.checkpoint.path,
      ...changes,
      ...(await noteImages(training, record.data)),
    });
    await keepGoing(training, startIteration, signal);
    const { iteration } = training.state;
    const completed = iteration >= config.iterations;
    const { path: checkpoint } = await saver.save(training.state).catch((error: Error) => {
      throw new Error(
        `the last iteration, ${iteration}, could not be saved: ${error.message}; ${lastOf(saver.last)}; see that ${out} can be written and has room, and go on with --resume`,
        { cause: error },
      );
    });
    await remember(training, { event: completed ? 'completed' : 'stopped', iteration, checkpoint });
    return { iteration, completed, checkpoint, dataset: record.dataset };
  } catch (error) {
    await remember(training, {
      event: 'failed',
      iteration: training.state.iteration,
      reason: (error as Error).message,
      checkpoint: saver.last?.path,
    });
    throw error;
  } finally {
    for (const line of attempts.summary()) progress.say(line);
    progress.stop();
    evaluation.dispose();
    await training.stream.close();
    disposeState(training.state);
  }
}

/** Keeps the record of the run where it is new or another, and says what a resumed run changes. */
async function adoptRecord(
  out: string,
  record: RunRecord,
  previous: RunRecord | undefined,
): Promise<{ config?: Config; changes?: ConfigChange[]; data?: { from?: string; to: string } }> {
  if (previous === undefined) {
    await writeRunRecord(out, record);
    return { config: record.config, data: { to: record.data } };
  }
  const changes = changedValues(previous.config, record.config);
  const isMoved = previous.data !== record.data;
  for (const { key, from, to } of changes) console.warn(`${key}: ${to} from now on, ${from} before`);
  if (isMoved) console.warn(`images: those in ${record.data} from now on, those in ${previous.data} before`);
  const isReadOtherwise = JSON.stringify(previous.dataset) !== JSON.stringify(record.dataset);
  if (changes.length > 0 || isMoved || isReadOtherwise) await writeRunRecord(out, record);
  return { ...(changes.length > 0 && { changes }), ...(isMoved && { data: { from: previous.data, to: record.data } }) };
}

/** Compares the images with those that the run was trained on before, and keeps which these are. */
async function noteImages(
  { out, config, dataset, attempts, progress }: Training,
  directory: string,
): Promise<{ images?: DataDifference & { sha256: string } }> {
  const next = await fingerprintOf(directory, dataset, config.fingerprint === 'contents');
  const before = await readFingerprint(out);
  const difference = before && compareFingerprints(before, next);
  if (difference !== undefined)
    progress.say(
      `warning: the images are not those that the run was trained on before: ${describeDifference(difference)}; draws are others from here on`,
    );
  if (before === undefined || difference !== undefined || config.fingerprint === 'contents')
    await attempts.attempt('data.json', () => writeFingerprint(out, next));
  if (difference === undefined) return {};
  const few = (names: readonly string[]): string[] => names.slice(0, 100);
  return {
    images: { sha256: next.sha256, added: few(difference.added), removed: few(difference.removed), changed: few(difference.changed) },
  };
}

/** Runs the iterations; what fails outside an update is thrown once the state in memory is saved. */
async function keepGoing(training: Training, startIteration: number, signal: AbortSignal | undefined): Promise<void> {
  const { progress } = training;
  const began = performance.now();
  try {
    await runIterations(training, signal);
  } catch (error) {
    throw error instanceof NonFiniteError ? error : await saveAfter(error as Error, training);
  }
  if (training.state.iteration > startIteration)
    progress.say(describeDataWait(training.stream.statistics().waitSeconds, (performance.now() - began) / 1000));
}

/** The error with what became of the state in memory. */
async function saveAfter(error: Error, { isUpdating, saver, state }: Training): Promise<Error> {
  const because = (text: string): Error =>
    new (error instanceof UsageError ? UsageError : Error)(`${error.message}; ${text}`, { cause: error });
  const { iteration } = state;
  if (isUpdating) return because(`iteration ${iteration + 1} was under way and is not saved; ${lastOf(saver.last)}`);
  if (iteration === 0) return because('nothing had been trained');
  if (saver.last?.iteration === iteration) return because(`nothing is lost: ${lastOf(saver.last)}`);
  try {
    const { path: saved } = await saver.save(state);
    return because(`iteration ${iteration} was saved in ${saved}; go on with --resume when the cause is gone`);
  } catch (failure) {
    return because(`and iteration ${iteration} could not be saved: ${(failure as Error).message}; ${lastOf(saver.last)}`);
  }
}
