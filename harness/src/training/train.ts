import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { compareWithKeptFingerprint } from '@stargan/data/inspection';
import { openDataset, planTrainingBatch, type Dataset, type DatasetReport, type TrainingSampler } from '@stargan/data';
import { buildNetworks, buildOptimizers, disposeState, initialState, selectFrozen, stateFromPretrained } from '@stargan/training';
import {
  type Config,
  adoptRecord,
  requireFittingRun,
  runPaths,
  type RunRecord,
  lockRun,
  type RunLock,
  type DatasetRecord,
} from '@stargan/run';
import { checkTrainingImages } from '../dataset/check-training-images.js';
import { logDataset } from '../dataset/log-dataset.js';
import { trainingEvaluation } from '../evaluation/training-evaluation.js';
import { optionalWrites } from '../logging/optional-writes.js';
import { describeFinding, findUnusable, openNewestState, type TransferPlan } from '@stargan/training';
import { loadFixedInputs } from '../sampling/fixed-inputs.js';
import { UsageError } from '../usage-error.js';
import { describeFineTuning, planFineTuning, summarizeFineTuning, type FineTuning, type FineTuningSummary } from './fine-tuning.js';
import { createMonitor } from './monitor.js';
import { NonFiniteError } from './roll-back.js';
import { runIterations } from './run-iterations.js';
import { compiledIteration } from './compiled-iteration.js';
import { createSaver, lastOf } from './saver.js';
import { describeDataWait } from './speed-meter.js';
import { openLogs, openStream, recordEvent, type Training, type TrainingPosition, type TrainingSetup } from './training.js';
import { createTrainingProgress } from './training-progress.js';

/** What to train, on what, and where to keep it. */
export interface TrainOptions {
  /** Folder of the images. */
  data: string;
  /** Folder of the run. */
  out: string;
  /** A validated configuration, as {@link resolveConfig} gives it. */
  config: Config;
  /** Resume from the newest checkpoint in `out`, or start where there is none. */
  resume?: boolean;
  /** A trained model whose weights it begins with; a run in `out` cannot be resumed then. */
  from?: FineTuning;
  /**
   * Chooses the images of each iteration; `planTrainingBatch`, the reference's, by default. It depends on seed and iteration
   * alone, and a resumed run must be given the same one: then it continues bit for bit.
   */
  sampler?: TrainingSampler;
  /** Where the progress is shown; standard output by default. */
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
  /** Whether these are all that were asked for. */
  completed: boolean;
  /** Folder of the last checkpoint. */
  checkpoint: string;
  /** What was read of the images, what was not, and why. */
  dataset: DatasetRecord;
  /** What became of the weights of the trained model that it began with. */
  from?: FineTuningSummary;
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
  const report = logDataset(dataset);
  if (config.evaluateEvery > 0 && dataset.train.domains.length < 2)
    throw new UsageError('evaluation translates between domains, and there is only one; leave evaluateEvery at 0');
  const model = planModel(options, dataset);
  await mkdir(out, { recursive: true });
  const lock = await lockRun(out);
  try {
    return await trainLocked(options, dataset, report, model, lock);
  } finally {
    await lock.release();
  }
}

/** What is trained: its networks, what of them stays as it is, and what is taken over from a trained model. */
interface PlannedModel extends Pick<TrainingSetup, 'networks' | 'frozen'> {
  readonly plan?: TransferPlan | undefined;
}

/** @throws ConfigError where the configuration and a trained model do not fit, or `freeze` names what it cannot */
function planModel({ config, from }: TrainOptions, { train: { domains } }: Dataset): PlannedModel {
  if (from === undefined) {
    const networks = buildNetworks(config, domains.length);
    return { networks, frozen: selectFrozen(networks, config.freeze) };
  }
  const plan = planFineTuning(from, { config, domains: domains.map(({ name }) => name) });
  for (const line of describeFineTuning(from, plan)) console.error(line);
  return { networks: plan.networks, frozen: plan.frozen, plan };
}

async function trainLocked(
  { data, out, config, resume = false, from, sampler = planTrainingBatch, progress: output = 'stdout', onStart, signal }: TrainOptions,
  dataset: Dataset,
  report: DatasetReport,
  { networks, frozen, plan }: PlannedModel,
  lock: RunLock,
): Promise<TrainResult> {
  const record: RunRecord = { config, data: path.resolve(data), domains: dataset.train.domains.map(({ name }) => name) };
  const domains = record.domains.length;
  const previous = await requireFittingRun(out, record, resume && from === undefined);
  record.dataset = { ...report, ...(await checkTrainingImages(dataset, config, console.error, signal)) };
  await onStart?.(domains);

  const optimizers = buildOptimizers(config);
  const opened = await openNewestState(out, networks, {
    domains,
    sizes: config,
    frozen,
    log: (line) => console.warn(line),
    alternative: 'start again in another folder with --out',
  });
  if (previous?.from !== undefined && opened === undefined)
    throw new UsageError(
      `${out} was to begin with the weights of ${previous.from.run} and has no checkpoint yet; remove it, and start again with --from`,
    );
  const begun = from && plan && (await stateFromPretrained(from.pretrained, plan, optimizers, config.seed));
  const unusable = begun && findUnusable(networks, begun.state, domains, config);
  if (unusable !== undefined) throw new Error(`${describeFinding(unusable)}; take an earlier checkpoint of the trained model`);
  const origin = begun?.origin ?? previous?.from;
  if (origin !== undefined) record.from = origin;
  const state = opened?.state ?? begun?.state ?? initialState(networks, optimizers, config.seed, frozen);
  const { iteration: startIteration } = state;
  if (previous !== undefined && opened === undefined) console.warn(`${out} has no checkpoint yet: training begins at iteration 0`);

  const updates = compiledIteration(networks, optimizers, config, { domains, left: config.iterations - startIteration });
  const setup: TrainingSetup = { config, out, dataset, networks, frozen, optimizers, updates, sampler };
  const fixedInputs = await loadFixedInputs(dataset.validation ?? dataset.train, config);
  const changes = await adoptRecord(out, record, previous, (line) => console.warn(line));
  const logs = await openLogs(out, startIteration);
  const progress = createTrainingProgress(startIteration, config.iterations, process[output]);
  const log = (line: string): void => progress.log(line);
  const faultOf: Parameters<typeof createSaver>[0]['faultOf'] = (current) => {
    const finding = findUnusable(networks, current, domains, config);
    return finding && describeFinding(finding);
  };
  const saver = createSaver({ out, networks, config, lock, faultOf, last: opened?.checkpoint, warn: log });
  const evaluation = trainingEvaluation({ run: out, config, dataset, log, signal });
  const position: TrainingPosition = { state, stream: openStream(setup, state), logs, isUpdating: false };
  const writes = optionalWrites(log);
  const training: Training = {
    setup,
    position,
    outputs: {
      saver,
      progress,
      optionalWrites: writes,
      monitor: createMonitor({ out, config, optionalWrites: writes, iteration: startIteration }),
      fixedInputs,
      evaluate: (checkpoint, averaged) => evaluation.evaluate(checkpoint, averaged),
    },
  };
  try {
    const images = await compareWithKeptFingerprint(runPaths(out).data, record.data, dataset, {
      contents: config.fingerprint === 'contents',
    });
    for (const line of images.warnings) log(line);
    await training.outputs.optionalWrites.attempt('data.json', images.keep);
    await recordEvent(training, {
      event: previous === undefined ? 'begun' : 'resumed',
      iteration: startIteration,
      checkpoint: opened?.checkpoint.path,
      updates: updates.notCompiled === undefined ? 'replayed' : `operation by operation: ${updates.notCompiled}`,
      ...changes,
      ...(begun && { from: begun.origin }),
      ...(images.difference && { images: images.difference }),
    });
    // From here on nothing of the trained model is needed any more.
    if (begun !== undefined) await saver.save(state);
    await iterateAndSaveOnFailure(training, startIteration, signal);
    return { ...(await saveLast(training)), dataset: record.dataset, ...(from && plan && { from: summarizeFineTuning(from, plan) }) };
  } catch (error) {
    await recordEvent(training, {
      event: 'failed',
      iteration: position.state.iteration,
      reason: (error as Error).message,
      checkpoint: saver.last?.path,
    });
    throw error;
  } finally {
    await training.outputs.monitor.close();
    for (const line of training.outputs.optionalWrites.summary()) log(line);
    progress.stop();
    evaluation.dispose();
    updates.iteration.dispose();
    await position.stream.close();
    disposeState(position.state);
  }
}

/** Saves the last iteration, unless that has been done, and records how the training ended. */
async function saveLast(training: Training): Promise<Omit<TrainResult, 'dataset'>> {
  const { setup, position, outputs } = training;
  const { iteration } = position.state;
  const completed = iteration >= setup.config.iterations;
  const { path: checkpoint } = await outputs.saver.save(position.state).catch((error: Error) => {
    throw new Error(
      `the last iteration, ${iteration}, could not be saved: ${error.message}; ${lastOf(outputs.saver.last)}; see that ${setup.out} can be written and has room, and go on with --resume`,
      { cause: error },
    );
  });
  await recordEvent(training, { event: completed ? 'completed' : 'stopped', iteration, checkpoint });
  return { iteration, completed, checkpoint };
}

/** Runs the iterations; an error outside an update is thrown once the state in memory is saved. */
async function iterateAndSaveOnFailure(training: Training, startIteration: number, signal: AbortSignal | undefined): Promise<void> {
  const { position, outputs } = training;
  const began = performance.now();
  try {
    await runIterations(training, signal);
  } catch (error) {
    throw error instanceof NonFiniteError ? error : await saveAfter(error as Error, training);
  }
  if (position.state.iteration > startIteration)
    outputs.progress.log(describeDataWait(position.stream.statistics().waitSeconds, (performance.now() - began) / 1000));
}

/** The error, with what became of the state in memory. */
async function saveAfter(error: Error, { position, outputs }: Training): Promise<Error> {
  const because = (text: string): Error =>
    new (error instanceof UsageError ? UsageError : Error)(`${error.message}; ${text}`, { cause: error });
  const { saver } = outputs;
  const { iteration } = position.state;
  if (position.isUpdating) return because(`iteration ${iteration + 1} was under way and is not saved; ${lastOf(saver.last)}`);
  if (iteration === 0) return because('nothing had been trained');
  if (saver.last?.iteration === iteration) return because(`nothing is lost: ${lastOf(saver.last)}`);
  try {
    const { path: saved } = await saver.save(position.state);
    return because(`iteration ${iteration} was saved in ${saved}; go on with --resume when the cause is gone`);
  } catch (failure) {
    return because(`and iteration ${iteration} could not be saved: ${(failure as Error).message}; ${lastOf(saver.last)}`);
  }
}
