import { openDataset } from '@stargan/data';
import type { Config } from '../config/schema.js';
import { openEvaluationData, type EvaluationData } from '../evaluation/evaluation-data.js';
import { lineProgress } from '../evaluation/evaluation-progress.js';
import type { EvaluationRecord } from '../evaluation/evaluation-record.js';
import { evaluateRun, openClassifier } from '../evaluation/evaluate-run.js';
import type { SizedClassifier } from '../evaluation/evaluate-task.js';
import { evaluationOptions, type EvaluationOptions } from '../evaluation/options.js';
import { disposeAll, openModel, type Sampler } from '@stargan/training';
import { requireCheckpoint } from '../run/run-directory.js';
import type { Candidate } from './candidate.js';

/** What all candidates are measured with: the same images, the same options, one classifier. */
export interface Judging {
  readonly images: EvaluationData;
  readonly options: EvaluationOptions;
  /** The classifier, trained when it is first asked for; undefined when that was stopped. */
  readonly classifier: () => Promise<SizedClassifier | undefined>;
  dispose(): void;
}

/**
 * Chooses the images of a data set that candidates are measured on.
 *
 * @throws UsageError for fewer than two domains; ImageFileError naming a broken image, unless the config skips them
 */
export async function openJudging(data: string, config: Config, { say, signal }: Attendance): Promise<Judging> {
  const options = evaluationOptions(config);
  const images = await openEvaluationData(await openDataset(data), options, config.onCorrupt);
  let classifier: SizedClassifier | undefined;
  return {
    images,
    options,
    classifier: async () => (classifier ??= await openClassifier(images, config.imageSize, { ...options, say, signal })),
    dispose: () => classifier?.classifier.dispose(),
  };
}

/** Who hears of it, and what stops it. */
export interface Attendance {
  /** Takes lines of text about how far it is. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** How to measure, where it differs from the candidate's own. */
export interface MeasureOptions extends Attendance {
  /** Folder that the results are kept in; the candidate's run by default. */
  readonly keepIn?: string;
  /** Changes what is asked: such as a model of many domains, asked for some. */
  readonly as?: (sampler: Sampler) => Sampler;
}

/**
 * Measures the last checkpoint of a candidate by the paper's protocol, as `stargan evaluate` does. What was measured
 * before is read; what was interrupted goes on.
 *
 * @returns the evaluation; `completed` is false when it was stopped
 * @throws when the candidate has no checkpoint
 */
export async function measureCandidate(
  { run, config }: Pick<Candidate, 'run' | 'config'>,
  judging: Judging,
  options: MeasureOptions,
): Promise<EvaluationRecord> {
  const { keepIn = run, as = (sampler) => sampler, say, signal } = options;
  const sampler = await openModel(run, { find: async () => (await requireCheckpoint(run)).checkpoint });
  const progress = lineProgress(say);
  try {
    return await evaluateRun({
      run: keepIn,
      checkpoint: sampler.checkpoint,
      sampler: as(sampler),
      config,
      options: judging.options,
      data: judging.images,
      classifier: judging.classifier,
      onProgress: (done, total) => progress.update(done, total),
      signal,
    });
  } finally {
    disposeAll(...Object.values(sampler.weights));
  }
}
