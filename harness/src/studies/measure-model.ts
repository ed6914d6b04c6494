import { openDataset } from '@stargan/data';
import type { DomainClassifier } from '@stargan/metrics';
import { disposeAll, openModel, type Sampler } from '@stargan/training';
import { type Config, type EvaluationRecord, requireCheckpoint } from '@stargan/run';
import { openEvaluationData, type EvaluationData } from '@stargan/evaluation';
import { lineProgress } from '../evaluation/evaluation-progress.js';
import { evaluateRun } from '../evaluation/evaluate-run.js';
import { evaluationOptions, type EvaluationOptions } from '../evaluation/options.js';
import type { StudyControl, StudyModel } from './train-models.js';
import { trainClassifier } from '../evaluation/train-classifier.js';

/** What all models are measured with: the same images, the same options, one classifier. */
export interface Measurement extends StudyControl {
  readonly images: EvaluationData;
  readonly options: EvaluationOptions;
  /** The classifier, trained when it is first asked for; undefined when that was stopped. */
  readonly classifier: () => Promise<DomainClassifier | undefined>;
  dispose(): void;
}

/**
 * Chooses the images of a data set that models are measured on.
 *
 * @throws UsageError for fewer than two domains; ImageFileError naming a broken image, unless the config skips them
 */
export async function openMeasurement(data: string, config: Config, { log, signal }: StudyControl): Promise<Measurement> {
  const options = evaluationOptions(config);
  const images = await openEvaluationData(await openDataset(data), options, config.onCorrupt);
  let classifier: DomainClassifier | undefined;
  return {
    log,
    signal,
    images,
    options,
    classifier: async () => (classifier ??= await trainClassifier(images.domains, config.imageSize, { ...options, log, signal })),
    dispose: () => classifier?.dispose(),
  };
}

/** How to measure, where it differs from what a model is by itself. */
export interface MeasureOptions {
  /** Folder that the results are kept in; the model's run by default. */
  readonly keepIn?: string;
  /** Changes what is asked of the model: such as translations between two of its domains. */
  readonly as?: (sampler: Sampler) => Sampler;
}

/**
 * Measures the last checkpoint of a model by the paper's protocol, as `stargan evaluate` does. Earlier results are read,
 * interrupted measurements are resumed.
 *
 * @returns the evaluation, or undefined when it was stopped
 * @throws when the model has no checkpoint
 */
export async function measureModel(
  { run, config }: Pick<StudyModel, 'run' | 'config'>,
  { images, options, classifier, log, signal }: Measurement,
  { keepIn = run, as = (sampler) => sampler }: MeasureOptions = {},
): Promise<EvaluationRecord | undefined> {
  const sampler = await openModel(run, { find: async () => (await requireCheckpoint(run)).checkpoint });
  const progress = lineProgress(log);
  try {
    const evaluation = await evaluateRun({
      run: keepIn,
      checkpoint: sampler.checkpoint,
      sampler: as(sampler),
      config,
      options,
      data: images,
      classifier,
      onProgress: (done, total) => progress.update(done, total),
      signal,
    });
    return evaluation.completed ? evaluation : undefined;
  } finally {
    disposeAll(...Object.values(sampler.weights));
  }
}
