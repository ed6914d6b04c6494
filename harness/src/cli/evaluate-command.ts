import { runStoppable, positiveNumber, wholeNumber } from '@stargan/command-line';
import type { DomainClassifier } from '@stargan/metrics';
import { Command } from 'commander';
import { logDataset } from '../dataset/log-dataset.js';
import { openEvaluationData } from '@stargan/evaluation';
import { createEvaluationProgress } from '../evaluation/evaluation-progress.js';
import { evaluationFile, type EvaluationRecord, readRunRecord, describeEvaluation } from '@stargan/run';
import { evaluateRun } from '../evaluation/evaluate-run.js';
import { evaluationOptions } from '../evaluation/options.js';
import { listTasks } from '@stargan/training/evaluation';
import { describeEvaluationWork } from '../planning/describe-run.js';
import { disposeAll, openModel } from '@stargan/training';
import { UsageError } from '../usage-error.js';
import { checkpointChoice, openChosenCheckpoint, type CheckpointChoice } from './checkpoint-option.js';
import { compare, compareOptions, conventionOption, type CompareArguments } from './compare-command.js';
import { examples } from './examples.js';
import { requireApart, requireWritable } from './folders.js';
import { imagesFolder, openRunDataset, requireDomains } from './run-dataset.js';
import { startRuntime } from './runtime.js';
import { trainClassifier } from '../evaluation/train-classifier.js';

interface EvaluateArguments extends Partial<CompareArguments> {
  run?: string;
  checkpoint?: CheckpointChoice;
  data?: string;
  outputs?: number;
  sources?: number;
  reals?: number;
  classifierSteps?: number;
  saveImages?: string;
}

/** Options that only a run has. */
const OF_RUNS = ['checkpoint', 'data', 'outputs', 'sources', 'reals', 'classifierSteps', 'saveImages'] as const;

/** Options of `stargan compare`, which were this command's before. */
const OF_FOLDERS = ['fake', 'saveStatistics', 'imageSize', 'skipCorrupt'] as const satisfies readonly (keyof EvaluateArguments)[];

/** Files whose reading takes long enough for a word before it. */
const MANY_FILES = 5000;

/** `stargan evaluate`. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('Measure a trained run by the protocol of the paper: every pair of domains, latent and reference guided.')
    .option('--run <dir>', 'folder of the run (train --out)')
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
    .addOption(conventionOption("whose FID: stargan2 (the paper), clean or pytorch; the run's evaluateFid by default"))
    .option('--seed <n>', "seed of styles and subsets; the run's by default", wholeNumber)
    .option('--json', 'print the results as JSON')
    .addHelpText(
      'after',
      examples('stargan evaluate --run runs/01', 'stargan evaluate --run runs/01 --checkpoint best --outputs 2 --sources 50 --json'),
    )
    .action(runEvaluate);
  for (const option of compareOptions()) command.addOption(option.hideHelp());
  return command;
}

async function runEvaluate(given: EvaluateArguments): Promise<void> {
  const { run, real } = given;
  if ((run === undefined) === (real === undefined))
    throw new UsageError('either --run (a trained run) or --real and --fake (folders of images, see stargan compare) is needed');
  const foreign = (run === undefined ? OF_RUNS : OF_FOLDERS).find((key) => given[key] !== undefined);
  if (foreign !== undefined)
    throw new UsageError(
      `--${foreign.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} belongs to ${run === undefined ? '--run' : '--real and --fake'}`,
    );
  if (run !== undefined) await evaluateTrained(run, given);
  else await compare({ ...given, real: real! }, 'stargan evaluate --real --fake is now called stargan compare --real --fake');
}

async function evaluateTrained(
  run: string,
  { checkpoint: choice, data, outputs, sources, reals, classifierSteps, saveImages, fid, seed, json = false }: EvaluateArguments,
): Promise<void> {
  if (fid !== undefined && fid.length > 1) throw new UsageError('--fid takes one convention for a run; evaluate again for another');
  const record = await readRunRecord(run);
  const { config, domains } = record;
  if (saveImages !== undefined) {
    await requireApart({ data: imagesFolder(record, data), out: saveImages, option: '--save-images', onlyAdds: true });
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
    const sampler = await openModel(run, { find: () => openChosenCheckpoint(run, choice) });
    const progress = createEvaluationProgress();
    let classifier: DomainClassifier | undefined;
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
          (classifier = await trainClassifier(images.domains, config.imageSize, {
            ...options,
            log: (line) => console.error(line),
            signal,
          })),
        onProgress: (done, total) => progress.update(done, total),
        signal,
      });
    } finally {
      progress.stop();
      classifier?.dispose();
      disposeAll(...Object.values(sampler.weights));
    }
    const file = evaluationFile(run, evaluation.iteration, evaluation.identity);
    if (json) console.log(JSON.stringify({ file, ...evaluation, dataset: read }));
    else console.log(describeEvaluation(evaluation));
    if (!evaluation.completed)
      console.error(`stopped after ${evaluation.tasks.length} of ${listTasks(domains.length).length} tasks; the same command resumes it`);
    else if (!json) console.log(`results are in ${file}`);
    return evaluation.completed ? 'completed' : 'stopped';
  });
}
