import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { logDataset } from '../dataset/log-dataset.js';
import { compareFolders, type Comparison } from '../evaluation/compare-folders.js';
import { openEvaluationData } from '../evaluation/evaluation-data.js';
import { createEvaluationProgress } from '../evaluation/evaluation-progress.js';
import { evaluationFile, type EvaluationRecord } from '../evaluation/evaluation-record.js';
import { evaluateRun, openClassifier } from '../evaluation/evaluate-run.js';
import type { SizedClassifier } from '../evaluation/evaluate-task.js';
import { FEATURE_METRICS, FID_NAMES, metricKey, type FidName } from '../evaluation/metrics.js';
import { evaluationOptions } from '../evaluation/options.js';
import { describeEvaluation, formatScore } from '../evaluation/results-table.js';
import { listTasks } from '../evaluation/tasks.js';
import { describeEvaluationWork } from '../planning/describe-run.js';
import { formatTable } from '../logging/text-table.js';
import { disposeAll, openModel } from '@stargan/training';
import { readRunRecord } from '../run/run-directory.js';
import { UsageError } from '../usage-error.js';
import { examples } from './examples.js';
import { requireApart, requireWritable } from './folders.js';
import { checkpointChoice, openCheckpoint, type CheckpointChoice } from './checkpoint-option.js';
import { openRunDataset, requireDomains } from './run-dataset.js';
import { runStoppable } from './run-stoppable.js';
import { startRuntime } from './runtime.js';
import { positiveNumber, wholeNumber } from './numbers.js';

interface EvaluateArguments {
  run?: string;
  checkpoint?: CheckpointChoice;
  data?: string;
  outputs?: number;
  sources?: number;
  reals?: number;
  classifierSteps?: number;
  saveImages?: string;
  real?: string;
  fake?: string;
  saveStatistics?: string;
  imageSize?: number;
  fid?: FidName[];
  seed?: number;
  skipCorrupt?: boolean;
  json?: boolean;
}

/** Options that belong to one of the two uses. */
const OF_RUNS = [
  'checkpoint',
  'data',
  'outputs',
  'sources',
  'reals',
  'classifierSteps',
  'saveImages',
] as const satisfies readonly (keyof EvaluateArguments)[];
const OF_FOLDERS = ['fake', 'saveStatistics', 'imageSize', 'skipCorrupt'] as const satisfies readonly (keyof EvaluateArguments)[];

function conventions(text: string): FidName[] {
  if (text === 'all') return [...FID_NAMES];
  const names = text.split(',');
  const unknown = names.find((name) => !(FID_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`it must be ${FID_NAMES.join(', ')}; got ${unknown}.`);
  return [...new Set(names as FidName[])];
}

/** Files whose reading takes long enough for a word before it. */
const MANY_FILES = 5000;

/** Images beyond this size take more memory than there is. */
const LARGEST_SIZE = 2 ** 13;

function imageSizeOf(text: string): number {
  const size = positiveNumber(text);
  if (size > LARGEST_SIZE) throw new InvalidArgumentError(`a whole number from 1 to ${LARGEST_SIZE} is needed.`);
  return size;
}

/** `stargan evaluate`. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Measure a trained run by the protocol of the paper (--run), or compare two folders of images (--real, --fake).')
    .option('--run <dir>', 'folder of the run (train --out): every pair of domains, latent and reference guided')
    .option('--checkpoint <iteration>', "iteration of the checkpoint, or 'best'; the newest by default", checkpointChoice)
    .option('--data <dir>', "images of the same domains; the run's own by default")
    .option('--outputs <n>', "translations of each source; the run's evaluateOutputs by default (10)", positiveNumber)
    .option('--sources <n>', "at most so many sources per domain, 0 for all; the run's evaluateSources by default (0)", wholeNumber)
    .option(
      '--reals <n>',
      "at most so many training images per domain to compare with, 0 for all; the run's evaluateReals by default (0)",
      wholeNumber,
    )
    .option(
      '--classifier-steps <n>',
      "training steps of the classifier that tells domains; the run's evaluateClassifierSteps by default (800)",
      positiveNumber,
    )
    .option('--save-images <dir>', 'also keep the translations there, as PNGs')
    .option('--real <path>', 'without a run: folder of images, or statistics as .npz')
    .option('--fake <path>', 'folder of images that are compared with those of --real, or statistics as .npz')
    .option('--save-statistics <file>', 'keep the statistics of --real as .npz, which pytorch-fid reads as well')
    .option('--image-size <pixels>', 'size that --fid stargan2 brings the images of folders to first (default: 256)', imageSizeOf)
    .option('--skip-corrupt', 'leave broken images of folders out and name them')
    .addOption(
      new Option(
        '--fid <names>',
        'whose FID: stargan2 (the paper), clean or pytorch; of folders also several, separated by commas, or all; the paper by default, of files of statistics theirs',
      ).argParser(conventions),
    )
    .option('--seed <n>', "seed of styles and subsets; the run's by default", wholeNumber)
    .option('--json', 'print the results as JSON')
    .addHelpText(
      'after',
      examples(
        'stargan evaluate --run runs/01',
        'stargan evaluate --run runs/01 --checkpoint best --outputs 2 --sources 50 --json',
        'stargan evaluate --real photos/val/cat --fake translated/cat --fid all',
      ),
    )
    .action(runEvaluate);
}

async function runEvaluate(given: EvaluateArguments): Promise<void> {
  const { run, real } = given;
  if ((run === undefined) === (real === undefined))
    throw new UsageError('either --run (a trained run) or --real and --fake (folders of images) is needed');
  const foreign = (run === undefined ? OF_RUNS : OF_FOLDERS).find((key) => given[key] !== undefined);
  if (foreign !== undefined)
    throw new UsageError(
      `--${foreign.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} belongs to ${run === undefined ? '--run' : '--real and --fake'}`,
    );
  if (run !== undefined) await evaluateTrained(run, given);
  else await evaluateFolders(real!, given);
}

async function evaluateTrained(
  run: string,
  { checkpoint: choice, data, outputs, sources, reals, classifierSteps, saveImages, fid, seed, json = false }: EvaluateArguments,
): Promise<void> {
  if (fid !== undefined && fid.length > 1) throw new UsageError('--fid takes one convention for a run; evaluate again for another');
  const record = await readRunRecord(run);
  const { config, domains } = record;
  if (saveImages !== undefined) {
    await requireApart({ data: data ?? record.data, out: saveImages, option: '--save-images', onlyAdds: true });
    await requireWritable('--save-images', saveImages);
  }
  await requireWritable('--run', run);
  const defaults = evaluationOptions(config);
  const options = {
    outputs: outputs ?? defaults.outputs,
    sources: sources ?? defaults.sources,
    reals: reals ?? defaults.reals,
    classifierSteps: classifierSteps ?? defaults.classifierSteps,
    fid: fid?.[0] ?? defaults.fid,
    seed: seed ?? defaults.seed,
  };
  const dataset = await openRunDataset(record, data);
  const read = logDataset(dataset);
  requireDomains(
    dataset.train.domains.map(({ name }) => name),
    domains,
  );
  await runStoppable('stopping; what is done is kept', async (signal) => {
    await startRuntime();
    const files = [dataset.train, ...(dataset.validation === undefined ? [] : [dataset.validation])]
      .flatMap((folders) => folders.domains)
      .reduce((sum, domain) => sum + domain.files.length, 0);
    if (files > MANY_FILES) console.error(`reading ${files} files, to know the images again`);
    const images = await openEvaluationData(dataset, options, config.onCorrupt);
    for (const line of describeEvaluationWork(
      images.domains.map((domain) => domain.sources.length),
      options.outputs,
    ))
      console.error(line);
    const sampler = await openModel(run, { find: () => openCheckpoint(run, choice) });
    const progress = createEvaluationProgress();
    let classifier: SizedClassifier | undefined;
    let evaluation: EvaluationRecord;
    try {
      evaluation = await evaluateRun({
        run,
        checkpoint: sampler.checkpoint,
        sampler,
        config,
        options,
        data: images,
        saveImages,
        classifier: async () =>
          (classifier = await openClassifier(images, config.imageSize, { ...options, say: (line) => console.error(line), signal })),
        onProgress: (done, total) => progress.update(done, total),
        signal,
      });
    } finally {
      progress.stop();
      classifier?.classifier.dispose();
      disposeAll(...Object.values(sampler.weights));
    }
    const file = evaluationFile(run, evaluation.iteration, evaluation.identity);
    if (json) console.log(JSON.stringify({ file, ...evaluation, dataset: read }));
    else console.log(describeEvaluation(evaluation));
    if (!evaluation.completed)
      console.error(
        `stopped after ${evaluation.tasks.length} of ${listTasks(domains.length).length} tasks; the same command goes on from there`,
      );
    else if (!json) console.log(`results are in ${file}`);
    return evaluation.completed ? 'completed' : 'stopped';
  });
}

async function evaluateFolders(
  real: string,
  { fake, saveStatistics, imageSize = 256, fid, seed = 0, skipCorrupt = false, json = false }: EvaluateArguments,
): Promise<void> {
  if (fake === undefined && saveStatistics === undefined) throw new UsageError('--real needs --fake to compare with, or --save-statistics');
  if (saveStatistics !== undefined && fid !== undefined && fid.length > 1)
    throw new UsageError('--save-statistics takes one convention: statistics of several are not the same');
  for (const [option, folder] of Object.entries({ '--real': real, '--fake': fake })) {
    if (folder !== undefined && (await stat(folder).catch(() => undefined)) === undefined)
      throw new UsageError(`${option} ${folder} does not exist; check the path`);
  }
  if (saveStatistics !== undefined) await requireWritable('--save-statistics', path.dirname(saveStatistics));
  await runStoppable('stopping; features that are done are kept', async (signal) => {
    await startRuntime();
    const progress = createEvaluationProgress();
    let comparison: Comparison | undefined;
    try {
      const onProgress = (done: number, total: number): void => progress.update(done, total);
      comparison = await compareFolders({
        real,
        fake,
        fids: fid,
        imageSize,
        seed,
        onCorrupt: skipCorrupt ? 'skip' : 'refuse',
        saveStatistics,
        onProgress,
        signal,
      });
    } finally {
      progress.stop();
    }
    if (comparison === undefined) {
      console.error('stopped; the same command goes on from there');
      return 'stopped';
    }
    if (json) console.log(JSON.stringify({ ...comparison, statistics: saveStatistics }));
    else console.log(describeComparison(comparison, saveStatistics));
    return 'completed';
  });
}

function describeComparison({ real, fake, conventions: names, scores, notes }: Comparison, saved: string | undefined): string {
  const images = ({ path, images: count }: Comparison['real']): string =>
    `${path} (${count === undefined ? 'statistics' : `${count} images`})`;
  const rows = names.map((fid) => [
    `fid-${fid}`,
    '',
    ...FEATURE_METRICS.map((metric) => formatScore(metric, scores.values[metricKey(metric, fid)])),
  ]);
  const headings = ['convention', '', 'FID ↓', 'KID×10³ ↓', 'precision', 'recall', 'density', 'coverage'];
  return [
    fake === undefined ? images(real) : `${images(real)} and ${images(fake)}`,
    ...(fake === undefined ? [] : [formatTable({ headings, rows })]),
    ...[...new Set(Object.values(scores.reasons))].map(
      (reason) =>
        `– ${Object.keys(scores.reasons)
          .filter((key) => scores.reasons[key] === reason)
          .join(', ')}: ${reason}`,
    ),
    ...notes.map((note) => `note: ${note}`),
    ...(saved === undefined ? [] : [`statistics of ${real.path} are in ${saved}`]),
  ].join('\n');
}
