import path from 'node:path';
import type { Checkpoint } from '@stargan/checkpoints';
import { loadImages } from '@stargan/data';
import type { Config } from '../config/schema.js';
import { appendToLog, readMetricLog, type LogEntry } from '../logging/metric-log.js';
import type { LabelledImages } from '../sampling/grids.js';
import type { Sampler } from '../sampling/translate.js';
import { averageFiles } from '../training/checkpoint.js';
import { runPaths } from '../training/run-directory.js';
import { CLASSIFIER_VERSION, trainDomainClassifier } from './domain-classifier.js';
import type { EvaluationData } from './evaluation-data.js';
import { emptyScores, findEvaluation, identityOf, writeEvaluation, type EvaluationRecord, type TaskResult } from './evaluation-record.js';
import { evaluateTask, type Judges, type SizedClassifier, type TaskContext } from './evaluate-task.js';
import { realFeatures, type RealFeatures } from './feature-metrics.js';
import { conventionOf, meanScores } from './metrics.js';
import type { EvaluationOptions } from './options.js';
import { openFeatureNetwork, openPerceptualDistance, type FeatureNetwork, type UsedWeights } from './pretrained.js';
import { featuresOfFiles } from './real-features.js';
import { GUIDANCES, latentTaskStyles, listTasks, referenceTaskStyles, type Guidance, type Task, type TaskStyles } from './tasks.js';
import { turnEventLoop } from './turn-event-loop.js';

/** What is evaluated, with what, and where the results go. */
export interface EvaluateRunOptions {
  /** Folder of the run. */
  readonly run: string;
  readonly checkpoint: Checkpoint;
  /** The checkpoint's averaged networks; they stay the caller's. */
  readonly sampler: Sampler;
  readonly config: Config;
  readonly options: EvaluationOptions;
  readonly data: EvaluationData;
  /** Folder for the translations as PNGs, none by default. */
  readonly saveImages?: string;
  /** Gives the domain classifier, which stays the caller's. */
  readonly classifier: () => Promise<SizedClassifier | undefined>;
  /** Called with the images that are done and all that there are. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Aborting it ends the evaluation; tasks that are done are kept, and the same call goes on from there. */
  readonly signal?: AbortSignal;
}

/** The classifier sees images of at most this size: shapes of domains do not need more. */
const CLASSIFIER_SIZE = 64;
const LOADED_AT_ONCE = 64;

/** How to train the classifier of an evaluation. */
export interface OpenClassifierOptions extends Pick<EvaluationOptions, 'classifierSteps' | 'seed'> {
  /** Takes a line of text that says what is being done. */
  readonly say: (line: string) => void;
  /** Aborting it ends the training. */
  readonly signal?: AbortSignal;
}

/**
 * Trains the classifier of an evaluation; the caller disposes of it.
 *
 * @returns undefined when `signal` was aborted
 */
export async function openClassifier({ domains }: EvaluationData, imageSize: number, { classifierSteps: steps, seed, say, signal }: OpenClassifierOptions): Promise<SizedClassifier | undefined> {
  say(`training the classifier that tells domains, ${steps} steps`);
  const size = Math.min(imageSize, CLASSIFIER_SIZE);
  const chosen = domains.flatMap(({ examples }, domain) => examples.map(({ file }) => ({ file, domain })));
  const images: LabelledImages = { size, data: await loadImages(chosen.map(({ file }) => file), size), domains: chosen.map(({ domain }) => domain) };
  const classifier = await trainDomainClassifier(images, { domains: domains.length, seed, steps, signal });
  return classifier && { size, classifier };
}

/**
 * The reference's protocol: every ordered pair of domains, latent and reference guided, with several translations of
 * each source. Results are kept in the run's folder task by task; an interrupted evaluation goes on where it was, and
 * one that is done is read.
 *
 * @returns the results; `completed` is false when it was stopped
 * @throws ImageFileError naming a broken image; Error naming damaged pretrained weights
 */
export async function evaluateRun(request: EvaluateRunOptions): Promise<EvaluationRecord> {
  const { run, options } = request;
  const inception = await openFeatureNetwork(conventionOf(options.fid));
  const perceptual = await openPerceptualDistance();
  const features = 'advice' in inception ? inception.advice : inception.network;
  const distance = 'advice' in perceptual ? perceptual.advice : perceptual.network;
  try {
    const weights = [inception, perceptual].flatMap((opened) => ('advice' in opened ? [] : opened.weights));
    const begun = await beginRecord(request, weights);
    if (begun.completed) {
      await logOnce(run, begun);
      return begun;
    }
    await turnEventLoop();
    if (request.signal?.aborted === true) return begun;
    const classifier = await request.classifier();
    if (classifier === undefined) return begun;
    const content: EvaluationRecord = { ...begun, realAccuracy: await accuracyOnReals(request.data, classifier) };
    const finished = await runTasks(request, content, { features, perceptual: distance, classifier });
    await writeEvaluation(run, finished);
    if (finished.completed) await logOnce(run, finished);
    return finished;
  } finally {
    for (const opened of [features, distance]) if (typeof opened !== 'string') opened.dispose();
  }
}

/** The record of this evaluation as it stands, or a new one. */
async function beginRecord({ run, checkpoint, config, options, data, saveImages }: EvaluateRunOptions, weights: UsedWeights[]): Promise<EvaluationRecord> {
  const averages = averageFiles();
  const networks = Object.fromEntries(checkpoint.manifest.files.filter(({ name }) => averages.includes(name)).map(({ name, sha256 }) => [name, sha256]));
  const { imageSize, latentDim } = config;
  const identity = identityOf({ classifier: CLASSIFIER_VERSION, networks, options, weights, data: data.sha256, imageSize, latentDim, saveImages: saveImages === undefined ? null : path.resolve(saveImages) });
  const found = await findEvaluation(run, checkpoint.iteration, identity);
  if (found !== undefined) return found;
  const domains = data.domains.map(({ name, sources, references, reals }) => ({ name, sources: sources.length, references: references.length, reals: reals.length }));
  return {
    formatVersion: 1,
    identity,
    iteration: checkpoint.iteration,
    created: new Date().toISOString(),
    completed: false,
    convention: conventionOf(options.fid),
    options,
    networks,
    weights,
    data: { sha256: data.sha256, domains },
    realAccuracy: 0,
    notes: [...data.notes],
    tasks: [],
    means: { latent: emptyScores(), reference: emptyScores() },
  };
}

async function runTasks(request: EvaluateRunOptions, begun: EvaluationRecord, judges: Judges): Promise<EvaluationRecord> {
  const { run, data, signal } = request;
  let content = begun;
  const name = (label: number): string => data.domains[label]!.name;
  const isDone = ({ guidance, source, target }: Task): boolean =>
    content.tasks.some((done) => done.guidance === guidance && done.source === name(source) && done.target === name(target));
  const left = listTasks(data.domains.length).filter((task) => !isDone(task));
  const count = progressCounter(request, left, judges);
  let reals: { target: number; features: RealFeatures | undefined } | undefined;
  for (const task of left) {
    if (reals?.target !== task.target) reals = { target: task.target, features: await loadReals(request, task.target, judges.features, count) };
    if (signal?.aborted === true) return content;
    const result = await runTask(request, task, judges, reals.features, count);
    if (result === undefined) return content;
    content = { ...content, tasks: [...content.tasks, { guidance: task.guidance, source: name(task.source), target: name(task.target), ...result }] };
    await writeEvaluation(run, content);
  }
  return { ...content, completed: true, means: { latent: meanOf(content.tasks, 'latent'), reference: meanOf(content.tasks, 'reference') } };
}

/** Counts images of all that are left to do. */
function progressCounter({ data, options, onProgress }: EvaluateRunOptions, tasks: readonly Task[], judges: Judges): (images: number) => void {
  const perSource = ({ guidance, target }: Task): number => (guidance === 'latent' ? options.outputs : Math.min(options.outputs, data.domains[target]!.references.length));
  const translations = tasks.reduce((sum, task) => sum + data.domains[task.source]!.sources.length * perSource(task), 0);
  const targets = new Set(tasks.map(({ target }) => target));
  const reals = typeof judges.features === 'string' ? 0 : [...targets].reduce((sum, target) => sum + data.domains[target]!.reals.length, 0);
  let done = 0;
  return (images) => {
    done += images;
    onProgress?.(done, translations + reals);
  };
}

async function loadReals({ data, config, signal }: EvaluateRunOptions, target: number, network: FeatureNetwork | string, count: (images: number) => void): Promise<RealFeatures | undefined> {
  if (typeof network === 'string') return undefined;
  const rows = await featuresOfFiles(network, data.domains[target]!.reals, { imageSize: config.imageSize, onProgress: count, signal });
  return rows === undefined ? undefined : realFeatures(rows);
}

async function runTask(request: EvaluateRunOptions, task: Task, judges: Judges, reals: RealFeatures | undefined, onProgress: (images: number) => void): Promise<Pick<TaskResult, 'translations' | 'scores'> | undefined> {
  const { sampler, config, options, data, signal } = request;
  const [source, target] = [data.domains[task.source]!, data.domains[task.target]!];
  const saveImages = request.saveImages === undefined ? undefined : path.join(request.saveImages, task.guidance, `${source.name}2${target.name}`);
  const context: TaskContext = { sampler, judges, imageSize: config.imageSize, options, reals, saveImages, onProgress, signal };
  const styles = await stylesOf(request, task);
  try {
    return await evaluateTask(context, task, source, styles);
  } finally {
    styles.dispose();
  }
}

function stylesOf({ sampler, config, options, data }: EvaluateRunOptions, task: Task): Promise<TaskStyles> | TaskStyles {
  const { imageSize, latentDim } = config;
  return task.guidance === 'latent'
    ? latentTaskStyles(sampler, task, { ...options, latentDim })
    : referenceTaskStyles(sampler, task, data.domains[task.target]!, { ...options, imageSize });
}

async function accuracyOnReals({ domains }: EvaluationData, { classifier, size }: SizedClassifier): Promise<number> {
  const images = domains.flatMap(({ references }, domain) => references.map(({ file }) => ({ file, domain })));
  let hits = 0;
  for (let start = 0; start < images.length; start += LOADED_AT_ONCE) {
    const some = images.slice(start, start + LOADED_AT_ONCE);
    const found = classifier.classify({ size, data: await loadImages(some.map(({ file }) => file), size) });
    hits += found.filter((domain, i) => domain === some[i]!.domain).length;
  }
  return hits / images.length;
}

const meanOf = (tasks: readonly TaskResult[], guidance: Guidance): EvaluationRecord['means']['latent'] =>
  meanScores(tasks.filter((task) => task.guidance === guidance).map(({ source, target, scores }) => ({ name: `${source}→${target}`, scores })));

/** Means as a line of the log: `latent/fid-stargan2`, …; those that are null are left out. */
function logEntry({ iteration, means }: EvaluationRecord): LogEntry {
  const entries = GUIDANCES.flatMap((guidance) => Object.entries(means[guidance].values).flatMap(([key, value]) => (value === null ? [] : [[`${guidance}/${key}`, value] as const])));
  return { iteration, ...Object.fromEntries(entries) };
}

/** Sees to it that the log has the line: a training that was resumed before it has dropped it. */
async function logOnce(run: string, evaluation: EvaluationRecord): Promise<void> {
  const file = runPaths(run).evaluationLog;
  const entry = logEntry(evaluation);
  const line = JSON.stringify(entry);
  if ((await readMetricLog(file)).every((there) => JSON.stringify(there) !== line)) await appendToLog(file, entry);
}
