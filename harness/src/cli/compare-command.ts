import { runStoppable, formatTable, positiveNumber, wholeNumber } from '@stargan/command-line';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { compareFolders, FID_NAMES, type ComparedSet, type FidName, type FolderComparison } from '@stargan/evaluation';
import { isOnFeatures, metricKey, metricTable } from '@stargan/metrics';
import { Command, InvalidArgumentError, Option } from 'commander';
import { createEvaluationProgress } from '../evaluation/evaluation-progress.js';
import { replayedIfPossible } from '../replay.js';
import { describeReasons, formatScore } from '@stargan/run';
import { UsageError } from '../usage-error.js';
import { examples } from './examples.js';
import { requireWritable } from './folders.js';
import { startRuntime } from './runtime.js';

/** Options of `stargan compare`. */
export interface CompareArguments {
  real: string;
  fake?: string;
  saveStatistics?: string;
  imageSize?: number;
  fid?: FidName[];
  seed?: number;
  skipCorrupt?: boolean;
  json?: boolean;
}

function conventions(text: string): FidName[] {
  if (text === 'all') return [...FID_NAMES];
  const names = text.split(',');
  const unknown = names.find((name) => !(FID_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`it must be ${FID_NAMES.join(', ')}; got ${unknown}.`);
  return [...new Set(names as FidName[])];
}

/** `--fid`. */
export const conventionOption = (description: string): Option => new Option('--fid <names>', description).argParser(conventions);

/** Images beyond this size take more memory than there is. */
const LARGEST_SIZE = 2 ** 13;

function imageSizeOf(text: string): number {
  const size = positiveNumber(text);
  if (size > LARGEST_SIZE) throw new InvalidArgumentError(`a whole number from 1 to ${LARGEST_SIZE} is needed.`);
  return size;
}

/** The options that name what is compared, and how it is read. */
export const compareOptions = (): Option[] => [
  new Option('--real <path>', 'folder of images, or statistics as .npz'),
  new Option('--fake <path>', 'folder of images that are compared with those of --real, or statistics as .npz'),
  new Option('--save-statistics <file>', 'keep the statistics of --real as .npz, which pytorch-fid reads as well'),
  new Option('--image-size <pixels>', 'size that --fid stargan2 brings the images to first (default: 256)').argParser(imageSizeOf),
  new Option('--skip-corrupt', 'leave broken images out and name them'),
];

/** `stargan compare`. */
export function compareCommand(): Command {
  const command = new Command('compare').description(
    'Compare any two folders of images, or statistics of them: FID and the metrics beside it.',
  );
  for (const option of compareOptions()) command.addOption(option.makeOptionMandatory(option.long === '--real'));
  return command
    .addOption(
      conventionOption(
        'whose FID: stargan2 (the paper), clean or pytorch, several separated by commas, or all; by default that of the files of statistics, or the paper',
      ),
    )
    .option('--seed <n>', 'seed of random subsets (default: 0)', wholeNumber)
    .option('--json', 'print the results as JSON')
    .addHelpText(
      'after',
      examples(
        'stargan compare --real photos/val/cat --fake translated/cat --fid all',
        'stargan compare --real photos/train/cat --save-statistics cat.npz --fid clean',
      ),
    )
    .action((options: CompareArguments) => compare(options));
}

/** Compares as the options say, and prints a table, or JSON. @param note something to say before it begins */
export async function compare(
  { real, fake, saveStatistics, imageSize = 256, fid, seed = 0, skipCorrupt = false, json = false }: CompareArguments,
  note?: string,
): Promise<void> {
  if (fake === undefined && saveStatistics === undefined) throw new UsageError('--real needs --fake to compare with, or --save-statistics');
  if (saveStatistics !== undefined && fid !== undefined && fid.length > 1)
    throw new UsageError('--save-statistics takes one convention: statistics of several are not the same');
  for (const [option, folder] of Object.entries({ '--real': real, '--fake': fake })) {
    if (folder !== undefined && (await stat(folder).catch(() => undefined)) === undefined)
      throw new UsageError(`${option} ${folder} does not exist; check the path`);
  }
  if (saveStatistics !== undefined) await requireWritable('--save-statistics', path.dirname(saveStatistics));
  if (note !== undefined) console.error(`note: ${note}`);
  await runStoppable('stopping; features that are done are kept', async (signal) => {
    await startRuntime();
    const progress = createEvaluationProgress();
    let comparison: FolderComparison | undefined;
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
        compile: replayedIfPossible(),
      });
    } finally {
      progress.stop();
    }
    if (comparison === undefined) {
      console.error('stopped; the same command resumes it');
      return 'stopped';
    }
    if (json) console.log(JSON.stringify({ ...comparison, statistics: saveStatistics }));
    else console.log(describeComparison(comparison, saveStatistics));
    return 'completed';
  });
}

function describeComparison({ real, fake, conventions: names, scores, notes }: FolderComparison, saved: string | undefined): string {
  const images = ({ path: where, images: count }: ComparedSet): string =>
    `${where} (${count === undefined ? 'statistics' : `${count} images`})`;
  const metrics = metricTable.filter(isOnFeatures);
  const rows = names.map((fid) => [
    `fid-${fid}`,
    '',
    ...metrics.map((metric) => formatScore(metric, scores.values[metricKey(metric, fid)])),
  ]);
  const headings = ['convention', '', ...metrics.map(({ heading }) => heading)];
  return [
    fake === undefined ? images(real) : `${images(real)} and ${images(fake)}`,
    ...(fake === undefined ? [] : [formatTable({ headings, rows })]),
    ...describeReasons(scores).map((reason) => `– ${reason}`),
    ...notes.map((note) => `note: ${note}`),
    ...(saved === undefined ? [] : [`statistics of ${real.path} are in ${saved}`]),
  ].join('\n');
}
