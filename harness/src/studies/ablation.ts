import path from 'node:path';
import { ABLATION_CONFIGS, ablationConfig, type AblationName, updatesPerIteration } from '@stargan/training';
import { evaluationFile, type EvaluationRecord, readMetricLog, runPaths } from '@stargan/run';
import { formatDuration } from '@stargan/command-line';
import { writeReport } from '../report/write-report.js';
import { measureModel, openMeasurement } from './measure-model.js';
import { explainScores, scoreColumns } from './score-columns.js';
import { trainModels, type StudyModel, type StudyOptions, type StudyResult } from './train-models.js';
import { writeStudy, type Study } from './write-study.js';

/** Which configurations to train and compare; the iterations of `base` are the full model's. */
export interface AblationOptions extends StudyOptions {
  readonly configs: readonly AblationName[];
}

type AblationModel = StudyModel & { readonly name: AblationName };

interface MeasuredModel extends AblationModel {
  readonly evaluation: EvaluationRecord;
}

/**
 * The paper's component analysis: trains its configurations one after another, measures all alike and compares them.
 * Finished parts are kept, so the same call resumes a study that was stopped.
 *
 * @throws UsageError when a configuration's folder holds a run of other settings
 */
export async function runAblation(options: AblationOptions): Promise<StudyResult<AblationName>> {
  const { data, out, configs, base, log } = options;
  const models = configs.map((name): AblationModel => {
    return { name, title: ABLATION_CONFIGS[name].title, run: path.join(out, name), data, config: ablationConfig(base, name) };
  });
  const stopped = await trainModels(models, options, ({ name, title }) => `${name}  ${title}`);
  if (stopped !== undefined) return { completed: false, model: stopped.name };

  const measurement = await openMeasurement(data, base, options);
  const measured: MeasuredModel[] = [];
  try {
    for (const model of models) {
      log(`${model.name}  measuring on held-out images`);
      const evaluation = await measureModel(model, measurement);
      if (evaluation === undefined) return { completed: false, model: model.name };
      await writeReport(model.run);
      measured.push({ ...model, evaluation });
    }
  } finally {
    measurement.dispose();
  }
  return writeStudy(out, await describeAblation(out, measured));
}

async function describeAblation(directory: string, models: readonly MeasuredModel[]): Promise<Study> {
  const [{ evaluation }] = models as [MeasuredModel];
  const rows = await Promise.all(models.map((model) => rowOf(directory, model)));
  const scores = scoreColumns(
    rows.map(({ means }) => means),
    evaluation.options.fid,
  );
  return {
    name: 'ablation',
    title: 'Component analysis of StarGAN v2',
    content: { convention: evaluation.convention, options: evaluation.options, configs: rows },
    table: {
      headings: ['config', '', 'updates of D', 'of G', 'time', ...scores.headings],
      rows: rows.map(({ config, title, generatorUpdates, discriminatorUpdates, seconds, means }) => [
        config,
        title,
        `${discriminatorUpdates}`,
        `${generatorUpdates}`,
        formatDuration(seconds),
        ...scores.cells(means),
      ]),
    },
    notes: [
      'Every configuration updates its discriminator as often, on as many training images, with the same data, seed and widths. A and B update the generator once for every five of those, as the first StarGAN does.',
      ...explainScores(evaluation),
    ],
    models,
  };
}

interface Row {
  readonly config: AblationName;
  readonly title: string;
  readonly iterations: number;
  readonly generatorUpdates: number;
  readonly discriminatorUpdates: number;
  readonly seconds: number;
  readonly means: EvaluationRecord['means'];
  /** Relative to the study's folder. */
  readonly run: string;
  readonly evaluation: string;
}

async function rowOf(directory: string, { name, title, config, run, evaluation }: MeasuredModel): Promise<Row> {
  const speed = await readMetricLog(runPaths(run).speed);
  const { generator, discriminator } = updatesPerIteration(config);
  return {
    config: name,
    title,
    iterations: config.iterations,
    generatorUpdates: config.iterations * generator,
    discriminatorUpdates: config.iterations * discriminator,
    seconds: speed.reduce((sum, entry) => sum + (entry.seconds ?? 0), 0),
    means: evaluation.means,
    run: path.relative(directory, run),
    evaluation: path.relative(directory, evaluationFile(run, evaluation.iteration, evaluation.identity)),
  };
}
