import type { Checkpoint } from '@stargan/checkpoints';
import { loadImages, type RgbImage } from '@stargan/data';
import { conventionOf, featuresOfFiles, openPictureFolders, PIXELS_VERSION, type PictureFolders } from '@stargan/evaluation';
import {
  CLASSIFIER_VERSION,
  featureSet,
  isOnFeatures,
  meanScores,
  metricKey,
  metricTable,
  type DomainClassifier,
  type FeatureSet,
  type Metric,
  type Scores,
} from '@stargan/metrics';
import { openFeatureNetwork, openPerceptualDistance, type FeatureNetwork, type PerceptualDistance } from '@stargan/pretrained';
import { averageFiles, compileSampler, type Sampler, yieldToEventLoop } from '@stargan/training';
import {
  accuracyOnReals,
  evaluateTask,
  GUIDANCES,
  latentTaskStyles,
  listTasks,
  referenceTaskStyles,
  type AvailableEvaluators,
  type Guidance,
  type Missing,
  type Task,
  type TaskContext,
  type TaskScores,
} from '@stargan/training/evaluation';
import {
  type Config,
  appendToLog,
  readMetricLog,
  type LogEntry,
  runPaths,
  emptyScores,
  findEvaluation,
  identityOf,
  writeEvaluation,
  type EvaluationRecord,
  type TaskResult,
} from '@stargan/run';
import type { EvaluationData } from '@stargan/evaluation';
import type { EvaluationOptions } from './options.js';
import { replayedIfPossible } from '../replay.js';
import { taskFolders } from './task-folders.js';

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
  /** All that there are by default. */
  readonly metrics?: readonly Metric[];
  /** Folder for the translations as PNGs, one below it for each task, which is emptied first; none by default. */
  readonly saveImages?: string;
  /** Gives the domain classifier, which stays the caller's; undefined when that was stopped. */
  readonly classifier: () => Promise<DomainClassifier | undefined>;
  /** Called with the images that are done and all that there are. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Aborting it ends the evaluation; finished tasks are kept, and the same call resumes it. */
  readonly signal?: AbortSignal;
}

/** Where the translations of tasks are kept. */
interface TaskPictures {
  readonly folders: PictureFolders;
  readonly nameOf: (task: Task) => string;
}

/** Options with their defaults, and the networks that score. */
interface Evaluation extends EvaluateRunOptions {
  readonly metrics: readonly Metric[];
  readonly features: FeatureNetwork | Missing;
  readonly perceptual: PerceptualDistance | Missing;
  readonly pictures: TaskPictures | undefined;
}

const NOT_ASKED_FOR: Missing = { reason: 'no metric needs it' };

/**
 * The reference's protocol: every ordered pair of domains, latent and reference guided, with several translations of
 * each source. Results are kept in the run's folder task by task; an interrupted evaluation is resumed, and
 * a finished one is read.
 *
 * @returns the results; `completed` is false when it was stopped
 * @throws ImageFileError naming a broken image; Error naming damaged pretrained weights; UsageError where a folder for
 * pictures holds anything else
 */
export async function evaluateRun(request: EvaluateRunOptions): Promise<EvaluationRecord> {
  const { metrics = metricTable, options, data, saveImages } = request;
  const compile = replayedIfPossible();
  const features = metrics.some(isOnFeatures) ? await openFeatureNetwork(conventionOf(options.fid), undefined, { compile }) : NOT_ASKED_FOR;
  const replaying = compileSampler(request.sampler, compile);
  const perceptual = metrics.some(({ needs }) => needs === 'perceptual') ? await openPerceptualDistance() : NOT_ASKED_FOR;
  try {
    const begun = await beginRecord(request, metrics, [features, perceptual]);
    const tasks = listTasks(data.domains.length);
    const nameOf = taskFolders(
      tasks,
      data.domains.map(({ name }) => name),
    );
    const alternative = 'name another folder as --save-images';
    const pictures =
      saveImages === undefined
        ? undefined
        : { nameOf, folders: await openPictureFolders(saveImages, begun.identity, tasks.map(nameOf), alternative) };
    return await evaluate({ ...request, sampler: replaying.sampler, metrics, features, perceptual, pictures }, tasks, begun);
  } finally {
    replaying.dispose();
    for (const network of [features, perceptual]) if (!('reason' in network)) network.dispose();
  }
}

async function evaluate(evaluation: Evaluation, tasks: readonly Task[], begun: EvaluationRecord): Promise<EvaluationRecord> {
  const { run, data, signal } = evaluation;
  const isDone = new Set(tasks.filter((task) => begun.tasks.some((done) => isSame(done, nameTask(data, task)))));
  await completePictures(
    evaluation,
    tasks.filter((task) => isDone.has(task)),
  );
  if (begun.completed) {
    await logOnce(run, begun);
    return begun;
  }
  await yieldToEventLoop();
  if (signal?.aborted === true) return begun;
  const classifier = await evaluation.classifier();
  if (classifier === undefined) return begun;
  const finished = await runTasks(
    evaluation,
    classifier,
    tasks.filter((task) => !isDone.has(task)),
    { ...begun, realAccuracy: await accuracyOnReals(data.domains, classifier, loadImages) },
  );
  await writeEvaluation(run, finished);
  if (finished.completed) await logOnce(run, finished);
  return finished;
}

/** The record of this evaluation as it stands, or a new one. */
async function beginRecord(
  { run, checkpoint, config: { imageSize, latentDim }, options, data }: EvaluateRunOptions,
  metrics: readonly Metric[],
  evaluators: readonly (FeatureNetwork | PerceptualDistance | Missing)[],
): Promise<EvaluationRecord> {
  const weights = evaluators.flatMap((evaluator) => ('reason' in evaluator ? [] : evaluator.weights));
  const averages = averageFiles();
  const networks = Object.fromEntries(
    checkpoint.manifest.files.filter(({ name }) => averages.includes(name)).map(({ name, sha256 }) => [name, sha256]),
  );
  // Keys, their order and constants stay what they were, so that evaluations of earlier versions are found again.
  const identity = identityOf({
    classifier: CLASSIFIER_VERSION,
    networks,
    options,
    weights,
    data: data.sha256,
    imageSize,
    latentDim,
    saveImages: null,
    pixels: options.fid === 'stargan2' && !data.turned ? undefined : PIXELS_VERSION,
  });
  const found = await findEvaluation(run, checkpoint.iteration, identity);
  const keys = metrics.map((metric) => metricKey(metric, options.fid));
  // An evaluation from before a metric was added lacks its scores.
  if (found?.tasks.every(({ scores }) => keys.every((key) => key in scores.values)) === true) return found;
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
    data: {
      sha256: data.sha256,
      domains: data.domains.map(({ name, sources, references, reals }) => ({
        name,
        sources: sources.length,
        references: references.length,
        reals: reals.length,
      })),
    },
    realAccuracy: 0,
    notes: [...data.notes],
    tasks: [],
    means: { latent: emptyScores(), reference: emptyScores() },
  };
}

type NamedTask = Pick<TaskResult, 'guidance' | 'source' | 'target'>;

/** A task with the names of its domains. */
function nameTask({ domains }: EvaluationData, { guidance, source, target }: Task): NamedTask {
  return { guidance, source: domains[source]!.name, target: domains[target]!.name };
}

const isSame = (a: NamedTask, b: NamedTask): boolean => a.guidance === b.guidance && a.source === b.source && a.target === b.target;

/** Writes the pictures of finished tasks, where they are not there or not of this evaluation. */
async function completePictures(evaluation: Evaluation, tasks: readonly Task[]): Promise<void> {
  const { pictures, signal } = evaluation;
  if (pictures === undefined) return;
  const missing: Task[] = [];
  for (const task of tasks) if (!(await pictures.folders.isComplete(pictures.nameOf(task)))) missing.push(task);
  const count = progressCounter(evaluation, missing, 0);
  const evaluators = { features: NOT_ASKED_FOR, perceptual: NOT_ASKED_FOR, classifier: NOT_ASKED_FOR };
  for (const task of missing) {
    if (signal?.aborted === true) return;
    await runTask(evaluation, task, { metrics: [], evaluators, onProgress: count });
  }
}

async function runTasks(
  evaluation: Evaluation,
  classifier: DomainClassifier,
  left: readonly Task[],
  begun: EvaluationRecord,
): Promise<EvaluationRecord> {
  const { run, metrics, features, perceptual, data, signal } = evaluation;
  const evaluators: AvailableEvaluators = { features, perceptual, classifier };
  const targets = new Set('reason' in features ? [] : left.map(({ target }) => target));
  const images = [...targets].reduce((sum, target) => sum + data.domains[target]!.reals.length, 0);
  const count = progressCounter(evaluation, left, images);
  let content = begun;
  let reals: { target: number; features: FeatureSet | undefined } | undefined;
  for (const task of left) {
    if (reals?.target !== task.target) reals = { target: task.target, features: await realFeatures(evaluation, task.target, count) };
    if (signal?.aborted === true) return content;
    const result = await runTask(evaluation, task, { metrics, evaluators, reals: reals.features, onProgress: count });
    if (result === undefined) return content;
    content = { ...content, tasks: [...content.tasks, { ...nameTask(data, task), ...result }] };
    await writeEvaluation(run, content);
  }
  return { ...content, completed: true, means: { latent: meanOf(content.tasks, 'latent'), reference: meanOf(content.tasks, 'reference') } };
}

/** Counts the images of tasks that are left, and others. */
function progressCounter(
  { data: { domains }, options: { outputs }, onProgress }: Evaluation,
  tasks: readonly Task[],
  others: number,
): (images: number) => void {
  const translations = ({ guidance, source, target }: Task): number =>
    domains[source]!.sources.length * (guidance === 'latent' ? outputs : Math.min(outputs, domains[target]!.references.length));
  const total = tasks.reduce((sum, task) => sum + translations(task), others);
  let done = 0;
  return (images) => {
    done += images;
    onProgress?.(done, total);
  };
}

/** Features of a domain's real images; undefined where there is no network for them, or it was stopped. */
async function realFeatures(
  { features: network, data, config: { imageSize }, signal }: Evaluation,
  target: number,
  onProgress: (images: number) => void,
): Promise<FeatureSet | undefined> {
  if ('reason' in network) return undefined;
  const rows = await featuresOfFiles(network, data.domains[target]!.reals, { imageSize, onProgress, signal });
  return rows === undefined ? undefined : featureSet(rows);
}

/** Translates and scores, and keeps the pictures where they are asked for; undefined when it was stopped. */
async function runTask(
  { sampler, config: { imageSize, latentDim }, options, data: { domains }, pictures, signal }: Evaluation,
  task: Task,
  context: Pick<TaskContext, 'metrics' | 'evaluators' | 'reals' | 'onProgress'>,
): Promise<TaskScores | undefined> {
  const kept = pictures && keptPictures(pictures, task);
  await kept?.begin();
  const styles =
    task.guidance === 'latent'
      ? latentTaskStyles(sampler, task, { ...options, latentDim })
      : await referenceTaskStyles(sampler, task, domains[task.target]!, { ...options, imageSize, load: loadImages });
  try {
    const request = { ...context, sampler, load: loadImages, imageSize, options, savePictures: kept?.write, signal };
    const result = await evaluateTask(request, task, domains[task.source]!, styles);
    if (result !== undefined) await kept?.finish(result.translations);
    return result;
  } finally {
    styles.dispose();
  }
}

/** The pictures of one task. */
function keptPictures({ folders, nameOf }: TaskPictures, task: Task) {
  const name = nameOf(task);
  return {
    begin: () => folders.begin(name),
    write: (source: number, images: readonly RgbImage[]) => folders.write(name, source, images),
    finish: (images: number) => folders.finish(name, images),
  };
}

const meanOf = (tasks: readonly TaskResult[], guidance: Guidance): Scores =>
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
