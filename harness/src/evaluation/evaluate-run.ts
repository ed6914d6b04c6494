import type { Checkpoint } from '@stargan/checkpoints';
import { loadImages } from '@stargan/data';
import type { Config } from '../config/schema.js';
import { appendToLog, readMetricLog, type LogEntry } from '../logging/metric-log.js';
import { averageFiles, type LabelledImages, type Sampler, yieldToEventLoop } from '@stargan/training';
import { runPaths } from '../run/run-directory.js';
import { CLASSIFIER_VERSION, trainDomainClassifier } from './domain-classifier.js';
import type { EvaluationData } from './evaluation-data.js';
import { emptyScores, findEvaluation, identityOf, writeEvaluation, type EvaluationRecord, type TaskResult } from './evaluation-record.js';
import { evaluateTask, saveTranslations, type Judges, type SizedClassifier, type TaskContext } from './evaluate-task.js';
import { realFeatures, type RealFeatures } from './feature-metrics.js';
import { conventionOf, meanScores, PIXELS_VERSION } from './metrics.js';
import type { EvaluationOptions } from './options.js';
import { openFeatureNetwork, openPerceptualDistance, type FeatureNetwork, type UsedWeights } from './pretrained.js';
import { openPictureFolders, type PictureFolders } from './picture-folders.js';
import { featuresOfFiles } from './real-features.js';
import { GUIDANCES, latentTaskStyles, listTasks, referenceTaskStyles, type Guidance, type Task, type TaskStyles } from './tasks.js';

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
  /** Folder for the translations as PNGs, one below it for each task, which is emptied first; none by default. */
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
export async function openClassifier(
  { domains }: EvaluationData,
  imageSize: number,
  { classifierSteps: steps, seed, say, signal }: OpenClassifierOptions,
): Promise<SizedClassifier | undefined> {
  say(`training the classifier that tells domains, ${steps} steps`);
  const size = Math.min(imageSize, CLASSIFIER_SIZE);
  const chosen = domains.flatMap(({ examples }, domain) => examples.map(({ file }) => ({ file, domain })));
  const images: LabelledImages = {
    size,
    data: await loadImages(
      chosen.map(({ file }) => file),
      size,
    ),
    domains: chosen.map(({ domain }) => domain),
  };
  const classifier = await trainDomainClassifier(images, { domains: domains.length, seed, steps, signal });
  return classifier && { size, classifier };
}

/**
 * The reference's protocol: every ordered pair of domains, latent and reference guided, with several translations of
 * each source. Results are kept in the run's folder task by task; an interrupted evaluation goes on where it was, and
 * one that is done is read.
 *
 * @returns the results; `completed` is false when it was stopped
 * @throws ImageFileError naming a broken image; Error naming damaged pretrained weights; UsageError where a folder for
 * pictures holds anything else
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
    const tasks = listTasks(request.data.domains.length);
    const pictures =
      request.saveImages === undefined
        ? undefined
        : await openPictureFolders(
            request.saveImages,
            begun.identity,
            tasks,
            request.data.domains.map(({ name }) => name),
          );
    if (pictures !== undefined)
      await completePictures(
        request,
        tasks.filter((task) => isDone(request, begun, task)),
        pictures,
      );
    if (begun.completed) {
      await logOnce(run, begun);
      return begun;
    }
    await yieldToEventLoop();
    if (request.signal?.aborted === true) return begun;
    const classifier = await request.classifier();
    if (classifier === undefined) return begun;
    const content: EvaluationRecord = { ...begun, realAccuracy: await accuracyOnReals(request.data, classifier) };
    const finished = await runTasks(request, content, { features, perceptual: distance, classifier }, pictures);
    await writeEvaluation(run, finished);
    if (finished.completed) await logOnce(run, finished);
    return finished;
  } finally {
    for (const opened of [features, distance]) if (typeof opened !== 'string') opened.dispose();
  }
}

/** The record of this evaluation as it stands, or a new one. */
async function beginRecord(
  { run, checkpoint, config, options, data }: EvaluateRunOptions,
  weights: UsedWeights[],
): Promise<EvaluationRecord> {
  const averages = averageFiles();
  const networks = Object.fromEntries(
    checkpoint.manifest.files.filter(({ name }) => averages.includes(name)).map(({ name, sha256 }) => [name, sha256]),
  );
  const { imageSize, latentDim } = config;
  // Scores of before that are still right are found again: pictures used to be part of the identity, pixels not.
  const pixels = options.fid === 'stargan2' && !data.turned ? undefined : PIXELS_VERSION;
  const identity = identityOf({
    classifier: CLASSIFIER_VERSION,
    networks,
    options,
    weights,
    data: data.sha256,
    imageSize,
    latentDim,
    saveImages: null,
    pixels,
  });
  const found = await findEvaluation(run, checkpoint.iteration, identity);
  if (found !== undefined) return found;
  const domains = data.domains.map(({ name, sources, references, reals }) => ({
    name,
    sources: sources.length,
    references: references.length,
    reals: reals.length,
  }));
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

/** Whether the scores of a task are there. */
function isDone({ data }: EvaluateRunOptions, { tasks }: EvaluationRecord, { guidance, source, target }: Task): boolean {
  const [from, to] = [data.domains[source]!.name, data.domains[target]!.name];
  return tasks.some((done) => done.guidance === guidance && done.source === from && done.target === to);
}

/** Writes the pictures of tasks that were judged before, where they are not there or not of this evaluation. */
async function completePictures(request: EvaluateRunOptions, tasks: readonly Task[], pictures: PictureFolders): Promise<void> {
  const { sampler, config, data, signal, onProgress } = request;
  const missing: Task[] = [];
  for (const task of tasks) if (!(await pictures.isComplete(task))) missing.push(task);
  const total = missing.reduce((sum, task) => sum + translationsOf(request, task), 0);
  let done = 0;
  const count = (images: number): void => {
    done += images;
    onProgress?.(done, total);
  };
  for (const task of missing) {
    if (signal?.aborted === true) return;
    await pictures.begin(task);
    const styles = await stylesOf(request, task);
    try {
      const context = { sampler, imageSize: config.imageSize, saveImages: pictures.folderOf(task), onProgress: count, signal };
      const images = await saveTranslations(context, data.domains[task.source]!, styles);
      if (images !== undefined) await pictures.finish(task, images);
    } finally {
      styles.dispose();
    }
  }
}

async function runTasks(
  request: EvaluateRunOptions,
  begun: EvaluationRecord,
  judges: Judges,
  pictures: PictureFolders | undefined,
): Promise<EvaluationRecord> {
  const { run, data, signal } = request;
  let content = begun;
  const name = (label: number): string => data.domains[label]!.name;
  const left = listTasks(data.domains.length).filter((task) => !isDone(request, begun, task));
  const count = progressCounter(request, left, judges);
  let reals: { target: number; features: RealFeatures | undefined } | undefined;
  for (const task of left) {
    if (reals?.target !== task.target)
      reals = { target: task.target, features: await loadReals(request, task.target, judges.features, count) };
    if (signal?.aborted === true) return content;
    await pictures?.begin(task);
    const result = await runTask(request, task, judges, reals.features, pictures?.folderOf(task), count);
    if (result === undefined) return content;
    await pictures?.finish(task, result.translations);
    content = {
      ...content,
      tasks: [...content.tasks, { guidance: task.guidance, source: name(task.source), target: name(task.target), ...result }],
    };
    await writeEvaluation(run, content);
  }
  return { ...content, completed: true, means: { latent: meanOf(content.tasks, 'latent'), reference: meanOf(content.tasks, 'reference') } };
}

/** How many translations a task makes. */
function translationsOf({ data, options }: EvaluateRunOptions, { guidance, source, target }: Task): number {
  const perSource = guidance === 'latent' ? options.outputs : Math.min(options.outputs, data.domains[target]!.references.length);
  return data.domains[source]!.sources.length * perSource;
}

/** Counts images of all that are left to do. */
function progressCounter(request: EvaluateRunOptions, tasks: readonly Task[], judges: Judges): (images: number) => void {
  const { data, onProgress } = request;
  const translations = tasks.reduce((sum, task) => sum + translationsOf(request, task), 0);
  const targets = new Set(tasks.map(({ target }) => target));
  const reals = typeof judges.features === 'string' ? 0 : [...targets].reduce((sum, target) => sum + data.domains[target]!.reals.length, 0);
  let done = 0;
  return (images) => {
    done += images;
    onProgress?.(done, translations + reals);
  };
}

async function loadReals(
  { data, config, signal }: EvaluateRunOptions,
  target: number,
  network: FeatureNetwork | string,
  count: (images: number) => void,
): Promise<RealFeatures | undefined> {
  if (typeof network === 'string') return undefined;
  const rows = await featuresOfFiles(network, data.domains[target]!.reals, { imageSize: config.imageSize, onProgress: count, signal });
  return rows === undefined ? undefined : realFeatures(rows);
}

async function runTask(
  request: EvaluateRunOptions,
  task: Task,
  judges: Judges,
  reals: RealFeatures | undefined,
  saveImages: string | undefined,
  onProgress: (images: number) => void,
): Promise<Pick<TaskResult, 'translations' | 'scores'> | undefined> {
  const { sampler, config, options, data, signal } = request;
  const context: TaskContext = { sampler, judges, imageSize: config.imageSize, options, reals, saveImages, onProgress, signal };
  const styles = await stylesOf(request, task);
  try {
    return await evaluateTask(context, task, data.domains[task.source]!, styles);
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
    const found = classifier.classify({
      size,
      data: await loadImages(
        some.map(({ file }) => file),
        size,
      ),
    });
    hits += found.filter((domain, i) => domain === some[i]!.domain).length;
  }
  return hits / images.length;
}

const meanOf = (tasks: readonly TaskResult[], guidance: Guidance): EvaluationRecord['means']['latent'] =>
  meanScores(
    tasks.filter((task) => task.guidance === guidance).map(({ source, target, scores }) => ({ name: `${source}→${target}`, scores })),
  );

/** Means as a line of the log: `latent/fid-stargan2`, …; those that are null are left out. */
function logEntry({ iteration, means }: EvaluationRecord): LogEntry {
  const entries = GUIDANCES.flatMap((guidance) =>
    Object.entries(means[guidance].values).flatMap(([key, value]) => (value === null ? [] : [[`${guidance}/${key}`, value] as const])),
  );
  return { iteration, ...Object.fromEntries(entries) };
}

/** Sees to it that the log has the line: a training that was resumed before it has dropped it. */
async function logOnce(run: string, evaluation: EvaluationRecord): Promise<void> {
  const file = runPaths(run).evaluationLog;
  const entry = logEntry(evaluation);
  const line = JSON.stringify(entry);
  if ((await readMetricLog(file)).every((there) => JSON.stringify(there) !== line)) await appendToLog(file, entry);
}
