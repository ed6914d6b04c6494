import type { Checkpoint } from '@stargan/checkpoints';
import type { Dataset } from '@stargan/data';
import { type Config, keepBest, describeMeans, scoreTable } from '@stargan/run';
import type { DomainClassifier } from '@stargan/metrics';
import type { Sampler } from '@stargan/training';
import { openEvaluationData, type EvaluationData } from '@stargan/evaluation';
import { lineProgress } from './evaluation-progress.js';
import { evaluateRun } from './evaluate-run.js';
import { evaluationOptions } from './options.js';
import { trainClassifier } from './train-classifier.js';

/** Evaluates a run while it is trained. */
export interface TrainingEvaluation {
  /**
   * Evaluates a checkpoint and keeps it as the best one when it is.
   *
   * @param sampler the checkpoint's averaged networks; they stay the caller's
   */
  evaluate(checkpoint: Checkpoint, sampler: Sampler): Promise<void>;
  dispose(): void;
}

/** What {@link trainingEvaluation} needs to know. */
export interface TrainingEvaluationOptions {
  readonly run: string;
  readonly config: Config;
  readonly dataset: Dataset;
  /** Prints a line. */
  readonly log: (text: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Evaluation between iterations. It draws from random streams of its own, so that training continues as if there were
 * none. The domain classifier is trained once; pretrained networks are in memory only while they are used.
 */
export function trainingEvaluation({ run, config, dataset, log, signal }: TrainingEvaluationOptions): TrainingEvaluation {
  const options = evaluationOptions(config);
  let data: EvaluationData | undefined;
  let classifier: DomainClassifier | undefined;
  let explained = false;
  return {
    async evaluate(checkpoint, sampler) {
      const images = (data ??= await openEvaluationData(dataset, options, config.onCorrupt));
      const progress = lineProgress(log);
      const evaluation = await evaluateRun({
        run,
        checkpoint,
        sampler,
        config,
        options,
        data: images,
        classifier: async () => (classifier ??= await trainClassifier(images.domains, config.imageSize, { ...options, log, signal })),
        onProgress: (done, total) => progress.update(done, total),
        signal,
      });
      if (!evaluation.completed) return;
      log(describeMeans(evaluation));
      if (!explained) for (const remark of [...scoreTable(evaluation).reasons, ...evaluation.notes]) log(`– ${remark}`);
      const kept = await keepBest(run, checkpoint, evaluation, config.bestMetric);
      if (kept !== undefined && 'best' in kept)
        log(`best so far: ${kept.best.metric} ${kept.best.value.toPrecision(5)} at iteration ${kept.best.iteration}`);
      else if (kept !== undefined && !explained) log(`no best checkpoint is kept: ${kept.reason}`);
      explained = true;
    },
    dispose: () => classifier?.dispose(),
  };
}
