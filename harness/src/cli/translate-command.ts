import { stat } from 'node:fs/promises';
import path from 'node:path';
import { printablePath } from '@stargan/data';
import { counted, describeFoundImages } from '@stargan/data/inspection';
import {
  chooseStyles,
  distinctNames,
  findPictures,
  FITS,
  PICTURE_FORMATS,
  PICTURE_SIZES,
  portablePart,
  RequestError,
  translateFiles,
  writeStyle,
  type Fit,
  type FoundPictures,
  type NamedStyle,
  type PictureFormat,
  type PictureSize,
  type TranslatedFiles,
} from '@stargan/translation';
import { Command, InvalidArgumentError, Option } from 'commander';
import { formatDuration } from '../logging/format.js';
import { createProgress } from '../logging/progress.js';
import { UsageError } from '../usage-error.js';
import { checkpointChoice, type CheckpointChoice } from './checkpoint-option.js';
import { examples } from './examples.js';
import { requireWritable } from './folders.js';
import { positiveNumber, wholeNumber } from './numbers.js';
import { asRequested, loadRunModel, requireRunFolder } from './run-model.js';
import { runStoppable } from './run-stoppable.js';
import { startRuntime } from './runtime.js';

/** Values of an option that may be given several times. */
export const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Seeds of an option that may be given several times. */
export const seeds = (text: string, before: readonly number[] = []): readonly number[] => [...before, wholeNumber(text)];

/** Reads `--psi`. */
export function truncation(text: string): number {
  const psi = Number(text);
  if (text.trim() === '' || !Number.isFinite(psi) || psi < 0) throw new InvalidArgumentError('a number ≥ 0 is needed.');
  return psi;
}

/** How results are left that are printed one by one. */
const LISTED = 12;

interface TranslateArguments {
  run: string;
  checkpoint?: CheckpointChoice;
  to?: readonly string[];
  seed?: readonly number[];
  count?: number;
  reference?: readonly string[];
  style?: readonly string[];
  average?: boolean;
  psi: number;
  out: string;
  size: PictureSize;
  fit: Fit;
  format: PictureFormat;
  quality: number;
  batch: number;
  overwrite?: boolean;
  skipExisting?: boolean;
  onCorrupt: 'report' | 'skip' | 'refuse';
  saveStyle?: string;
  json?: boolean;
}

/** `stargan translate`. */
export function translateCommand(): Command {
  return new Command('translate')
    .description('Translate picture files with a trained run: one picture or folders of them, in random, given or saved styles.')
    .argument('[images...]', 'picture files, and folders of them')
    .requiredOption('--run <dir>', 'folder of the run (train --out), or of one of its checkpoints')
    .option('--to <domain>', 'domain to translate to; may be repeated', collected)
    .option('--seed <n>', 'seed of a random style (default: 1); may be repeated', seeds)
    .option('--count <n>', 'so many random styles, from the seed on', positiveNumber)
    .option('--reference <images...>', 'pictures of the domain whose styles are taken, or folders of them', collected)
    .option('--style <files...>', 'styles that --save-style or stargan style wrote', collected)
    .option('--average', 'the mean of these styles instead of each')
    .option('--psi <number>', 'how far styles are drawn towards the mean of their domain: 1 not at all, 0 to the mean', truncation, 1)
    .option('--out <dir>', 'where the results go', 'translated')
    .addOption(
      new Option('--size <which>', 'size of the results: that of the model, or of the source').choices(PICTURE_SIZES).default('model'),
    )
    .addOption(
      new Option('--fit <how>', 'pictures that are not square: crop to the middle, stretch to a square and back, or pad and cut off again')
        .choices(FITS)
        .default('crop'),
    )
    .addOption(new Option('--format <name>', 'format of the results').choices(PICTURE_FORMATS).default('png'))
    .option('--quality <n>', 'quality of JPEG and WebP, 1 to 100', positiveNumber, 90)
    .option('--batch <n>', 'pictures in memory together', positiveNumber, 8)
    .addOption(new Option('--overwrite', 'replace results that are there already').conflicts('skipExisting'))
    .option('--skip-existing', 'leave results that are there already as they are, to go on with an interrupted command')
    .addOption(
      new Option(
        '--on-corrupt <what>',
        'a picture that cannot be read: report it and end with 1, skip it and end with 0, or refuse to go on',
      )
        .choices(['report', 'skip', 'refuse'])
        .default('report'),
    )
    .option('--save-style <file>', 'keep the style as .safetensors, for --style; pictures may then be left out')
    .option('--checkpoint <iteration>', "iteration of the checkpoint, or 'best'; the newest by default", checkpointChoice)
    .option('--json', 'print the results as JSON')
    .addHelpText(
      'after',
      examples(
        'stargan translate cat.jpg --run runs/01 --to dog',
        'stargan translate photos --run runs/01 --to dog --count 3 --size source --format jpeg --out dogs',
        'stargan translate photos --run runs/01 --to dog --reference rex.jpg --save-style rex.safetensors',
        'stargan translate more-photos --run runs/01 --style rex.safetensors --psi 0.7 --skip-existing',
      ),
    )
    .action(runTranslate);
}

async function runTranslate(images: readonly string[], options: TranslateArguments): Promise<void> {
  const { run, out, saveStyle, json = false, checkpoint, onCorrupt, overwrite, skipExisting, ...rest } = options;
  const { to, seed, count, reference, style, average, psi, ...how } = rest;
  await requireRunFolder(run);
  if (images.length === 0 && saveStyle === undefined)
    throw new UsageError(
      'name pictures to translate, in front of the options: what stands behind --reference or --style is taken for references and styles',
    );
  const found = await asRequested(() => findPictures(images, out));
  for (const line of describeSources(found, out)) console.error(line);
  if (images.length > 0) await requireWritable('--out', out);
  if (saveStyle !== undefined) await requireWritable('--save-style', path.dirname(saveStyle));
  await runStoppable('stopping; finished pictures are kept', (signal) =>
    asRequested(async () => {
      await startRuntime();
      const model = await loadRunModel(run, checkpoint);
      try {
        const onNote = (note: string): void => console.error(`note: ${note}`);
        const choice = { to, seed, count, reference, style, average, psi };
        const styles = await chooseStyles(model, choice, { fit: how.fit, onNote });
        const saved = saveStyle === undefined ? [] : await saveStyles(saveStyle, styles, overwrite === true);
        const progress = createTimedProgress('translating', 'pictures');
        let result: TranslatedFiles;
        try {
          result = await translateFiles(model, found, {
            ...how,
            out,
            style: styles,
            existing: overwrite === true ? 'overwrite' : skipExisting === true ? 'skip' : 'refuse',
            onCorrupt: onCorrupt === 'refuse' ? 'refuse' : 'skip',
            onProgress: progress.update,
            onPassedOver: (fault) => progress.log(`passed over ${fault.message}`),
            signal,
          });
        } finally {
          progress.stop();
        }
        for (const line of describeResult(result, how.fit)) console.error(line);
        if (json) console.log(JSON.stringify({ iteration: model.checkpoint.iteration, ...forJson(result), saved }));
        else for (const line of describeFiles(result, saved, out)) console.log(line);
        if (result.passedOver.length > 0 && onCorrupt === 'report' && result.completed)
          throw new Error(
            `${counted(result.passedOver.length, 'picture')} of ${found.pictures.length} could not be read; the others are translated`,
          );
        return result.completed ? 'completed' : 'stopped';
      } finally {
        model.dispose();
      }
    }),
  );
}

/** Keeps styles, each in a file; of several, the files are named after them. */
async function saveStyles(file: string, styles: readonly NamedStyle[], overwrite: boolean): Promise<string[]> {
  const { dir, name, ext } = path.parse(file);
  const names = distinctNames(styles.map((style) => (styles.length === 1 ? name : `${name}-${portablePart(style.name)}`)));
  const files = names.map((one) => path.join(dir, `${one}${ext}`));
  for (const one of files) {
    if (!overwrite && (await stat(one).catch(() => undefined)) !== undefined)
      throw new RequestError(`--save-style ${one} is there already; --overwrite replaces it`);
  }
  for (const [i, one] of files.entries()) await writeStyle(one, styles[i]!);
  return files;
}

function* describeSources({ folders, leftOut }: FoundPictures, out: string): Generator<string> {
  for (const { folder, ...found } of folders) yield* describeFoundImages(folder, found);
  if (leftOut > 0) yield `${counted(leftOut, 'picture')} in --out ${printablePath(out)} ${leftOut === 1 ? 'is' : 'are'} left out`;
}

const FITTED: Readonly<Record<Fit, string>> = {
  crop: 'only the middle is translated (--fit stretch or pad takes all)',
  stretch: 'stretched to a square for the model',
  pad: 'the edges are repeated to a square for the model, and cut off again',
};

function* describeResult({ fitted, kept, passedOver }: TranslatedFiles, fit: Fit): Generator<string> {
  if (fitted > 0) yield `${counted(fitted, 'picture')} ${fitted === 1 ? 'is' : 'are'} not square: ${FITTED[fit]}`;
  if (kept > 0) yield `${counted(kept, 'result')} ${kept === 1 ? 'was' : 'were'} there already`;
  if (passedOver.length > 0) yield `${counted(passedOver.length, 'picture')} passed over`;
}

function* describeFiles({ files, styles, completed }: TranslatedFiles, saved: readonly string[], out: string): Generator<string> {
  if (files.length <= LISTED) for (const { file } of files) yield printablePath(file);
  else {
    const last = printablePath(files.at(-1)!.file);
    yield `${counted(files.length, 'picture')} in ${counted(styles.length, 'style')}, up to ${last}, in ${printablePath(out)}`;
  }
  for (const file of saved) yield printablePath(file);
  if (!completed) yield 'stopped before the end; --skip-existing goes on';
}

/** The result without its style codes. */
function forJson({ files, styles, passedOver, ...counts }: TranslatedFiles): Record<string, unknown> {
  return {
    ...counts,
    styles: styles.map(({ name, domains, origin }) => ({ name, domains, origin })),
    files: files.map(({ source, style, file }) => ({ source, style: styles[style]!.name, file })),
    passedOver: passedOver.map(({ file, problem, reason, remedy }) => ({ file, problem, reason, remedy })),
  };
}

/** A progress bar with the time that is left at the speed so far. */
export function createTimedProgress(
  doing: string,
  what: string,
): { update: (done: number, total: number) => void; log: (line: string) => void; stop: () => void } {
  const shown = `{value}/{total} ${what} | {left} left`;
  const progress = createProgress({ bar: `${doing} {bar} ${shown}`, line: `${doing}: ${shown}` });
  const began = performance.now();
  return {
    update(done, total) {
      const left = (((performance.now() - began) / done) * (total - done)) / 1000;
      progress.update(done, total, { left: formatDuration(left) });
    },
    log: (line) => progress.log(line),
    stop: () => progress.stop(),
  };
}
