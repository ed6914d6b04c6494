import { examples } from './examples.js';
import { BrokenImagesError, type OnCorrupt } from '@stargan/data';
import { describePreparation, prepareDataset, type BoxOptions, type PictureFit, type PreparedFormat } from '@stargan/data/preparation';
import { Option, type Command } from 'commander';
import { UsageError } from '../usage-error.js';
import { requireWritable } from './folders.js';
import { positiveNumber, share, wholeNumber, runStoppable } from '@stargan/command-line';
import { stageProgress } from './stage-progress.js';

interface PrepareArguments {
  size: number;
  fit: PictureFit;
  boxes?: string;
  boxMargin?: number;
  withoutBox?: 'skip' | 'centre';
  val?: number;
  valList?: string;
  seed: number;
  format: PreparedFormat;
  onCorrupt: OnCorrupt;
  corruptLimit: number;
  dryRun?: boolean;
  json?: boolean;
}

const CORRUPT_REMEDY = 'leave them all out: --on-corrupt skip, or allow more: --corrupt-limit SHARE';

/** Adds `stargan dataset prepare`. */
export function addPrepareCommand(dataset: Command): void {
  dataset
    .command('prepare')
    .description('Make a data set of square pictures of one size, split for training and validation. The source is only read.')
    .addHelpText(
      'after',
      examples(
        'stargan dataset prepare photos photos-128 --size 128 --val 0.1',
        'stargan dataset prepare photos.zip photos-256 --size 256 --fit pad --format webp',
        'stargan dataset prepare celeba faces-128 --size 128 --boxes list_bbox_celeba.txt',
      ),
    )
    .argument(
      '<source>',
      'a folder per domain (or train/ and val/ with such folders), a .zip of them, or a .csv with the columns file and domain',
    )
    .argument('<out>', 'folder of the data set: new, or prepared before in the same way, which is continued')
    .requiredOption('--size <pixels>', 'sides of the pictures', positiveNumber)
    .addOption(
      new Option('--fit <how>', 'what becomes of pictures that are not square').choices(['crop', 'pad', 'stretch']).default('crop'),
    )
    .option(
      '--boxes <file>',
      "crop around the faces of this table: CelebA's boxes or landmarks, or a .csv with the columns file, left, top, width and height",
    )
    .option('--box-margin <share>', 'what is added to a box on each side, of its longer side (default: 0.3, for landmarks 0)', share)
    .addOption(
      new Option('--without-box <what>', 'pictures without a box: leave out, or crop in the middle (default: skip)').choices([
        'skip',
        'centre',
      ]),
    )
    .addOption(new Option('--val <share>', 'share of each domain for validation, by a hash of the file name').argParser(share))
    .addOption(new Option('--val-list <file>', 'text file that names the images for validation, one a line').conflicts('val'))
    .option('--seed <n>', 'another choice for --val', wholeNumber, 0)
    .addOption(new Option('--format <name>', 'png and webp keep every pixel').choices(['png', 'webp', 'jpeg']).default('png'))
    .addOption(
      new Option('--on-corrupt <what>', 'broken images: leave out up to a limit, leave out all, or stop')
        .choices(['replace', 'skip', 'refuse'])
        .default('replace'),
    )
    .option('--corrupt-limit <share>', "share of a domain's images that may be left out", share, 0.1)
    .option('--dry-run', 'say what would be done, and write nothing')
    .option('--json', 'print the outcome as JSON')
    .action(runPrepare);
}

/** @throws UsageError where an option has nothing to act on */
function boxOptions({ boxes: file, boxMargin: margin, withoutBox: without }: PrepareArguments): BoxOptions | undefined {
  if (file !== undefined) return { file, margin, without };
  if (margin !== undefined || without !== undefined)
    throw new UsageError('--box-margin and --without-box need --boxes <file>: name a table of boxes, or leave them out');
  return undefined;
}

async function runPrepare(source: string, out: string, given: PrepareArguments): Promise<void> {
  const { size, val, valList, json = false, ...options } = given;
  const boxes = boxOptions(given);
  const validation = val !== undefined ? { share: val } : valList !== undefined ? { list: valList } : undefined;
  if (options.dryRun !== true) await requireWritable('<out>', out);
  await runStoppable('stopping once the pictures under way are whole', async (signal) => {
    const progress = stageProgress();
    const onProgress = (done: number, total: number): void => progress.update('pictures', done, total);
    try {
      const prepared = await prepareDataset(source, out, { ...options, imageSize: size, boxes, validation, signal, onProgress });
      progress.stop();
      console.log(json ? JSON.stringify(prepared) : describePreparation(prepared).join('\n'));
      return 'completed';
    } catch (error) {
      if (signal.aborted) {
        console.error(`stopped; the same command continues ${out}`);
        return 'stopped';
      }
      if (error instanceof RangeError) throw new UsageError(error.message);
      if (error instanceof BrokenImagesError)
        throw new BrokenImagesError(error.domain, error.images, error.limit, error.broken, CORRUPT_REMEDY);
      throw error;
    } finally {
      progress.stop();
    }
  });
}
