import path from 'node:path';
import { printablePath } from '@stargan/data';
import { counted } from '@stargan/data/inspection';
import type { Model } from '@stargan/training';
import {
  chooseStyles,
  describeFoundPictures,
  describeTranslation,
  findPictures,
  PICTURE_FORMATS,
  PICTURE_SIZES,
  planStyleFiles,
  reportTranslation,
  translateFiles,
  writeStyle,
  type FoundPictures,
  type PictureFormat,
  type PictureSize,
  type TranslatedFiles,
} from '@stargan/translation';
import { Command, Option } from 'commander';
import { UsageError } from '../usage-error.js';
import { examples } from './examples.js';
import { requireWritable } from './folders.js';
import { positiveNumber, runStoppable } from '@stargan/command-line';
import { asRequested, loadRunModel, requireRunFolder } from './run-model.js';
import { startRuntime } from './runtime.js';
import { addStyleOptions, createTimedProgress, type StyleArguments } from './style-options.js';

/** Results up to this number are printed one by one. */
const LISTED = 12;

interface TranslateArguments extends StyleArguments {
  average?: boolean;
  out: string;
  size: PictureSize;
  format: PictureFormat;
  quality: number;
  batch: number;
  skipExisting?: boolean;
  onCorrupt: 'report' | 'skip' | 'refuse';
  saveStyle?: string;
}

/** `stargan translate`. */
export function translateCommand(): Command {
  const command = new Command('translate')
    .description('Translate picture files with a trained run: one picture or folders of them, in random, given or saved styles.')
    .argument('[images...]', 'picture files, and folders of them');
  return addStyleOptions(command, { to: '', count: '1' })
    .option('--average', 'the mean of these styles instead of each')
    .option('--out <dir>', 'where the results go', 'translated')
    .addOption(
      new Option('--size <which>', 'size of the results: that of the model, or of the source').choices(PICTURE_SIZES).default('model'),
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
    .addHelpText(
      'after',
      examples(
        'stargan translate cat.jpg --run runs/01 --to dog',
        'stargan translate photos --run runs/01 --to dog --count 3 --size source --format jpeg --out dogs',
        'stargan translate photos --run runs/01 --to dog --reference rex.jpg --save-style rex.safetensors',
        'stargan translate more-photos --run runs/01 --style rex.safetensors --psi 0.7 --skip-existing',
      ),
    )
    .action(translate);
}

async function translate(images: readonly string[], options: TranslateArguments): Promise<void> {
  const { run, out, saveStyle, json = false, onCorrupt } = options;
  await requireRunFolder(run);
  if (images.length === 0 && saveStyle === undefined)
    throw new UsageError(
      'name pictures to translate, in front of the options: what stands behind --reference or --style is taken for references and styles',
    );
  const found = await asRequested(() => findPictures(images, out));
  for (const line of describeFoundPictures(found)) console.error(line);
  if (images.length > 0) await requireWritable('--out', out);
  if (saveStyle !== undefined) await requireWritable('--save-style', path.dirname(saveStyle));
  await runStoppable('stopping; finished pictures are kept', (signal) =>
    asRequested(async () => {
      await startRuntime();
      const model = await loadRunModel(run, options.checkpoint);
      try {
        const { translated, saved } = await translateAndSave(model, found, options, signal);
        for (const line of describeTranslation(translated)) console.error(line);
        if (json) console.log(JSON.stringify({ iteration: model.checkpoint.iteration, ...reportTranslation(translated), saved }));
        else for (const line of listResults(translated, saved, out)) console.log(line);
        const unread = translated.passedOver.length;
        if (unread > 0 && onCorrupt === 'report' && translated.completed)
          throw new Error(
            `${counted(unread, 'picture')} of ${found.pictures.length} could not be read${unread < found.pictures.length ? '; the others are translated' : ''}`,
          );
        return translated.completed ? 'completed' : 'stopped';
      } finally {
        model.dispose();
      }
    }),
  );
}

/** Translates, and keeps the styles that it was done in. */
async function translateAndSave(
  model: Model,
  found: FoundPictures,
  { average, saveStyle, onCorrupt, overwrite = false, skipExisting = false, ...options }: TranslateArguments,
  signal: AbortSignal,
): Promise<{ translated: TranslatedFiles; saved: string[] }> {
  const { to, seed, count, reference, style, psi, ...how } = options;
  const onNote = (note: string): void => console.error(`note: ${note}`);
  const styles = await chooseStyles(model, { to, seed, count, reference, style, average, psi }, { fit: how.fit, onNote });
  const saved = saveStyle === undefined ? [] : await planStyleFiles(saveStyle, styles, overwrite);
  const progress = createTimedProgress('translating', 'results');
  try {
    const translated = await translateFiles(model, found, {
      ...how,
      style: styles,
      existing: overwrite ? 'overwrite' : skipExisting ? 'skip' : 'refuse',
      onCorrupt: onCorrupt === 'refuse' ? 'refuse' : 'skip',
      onProgress: progress.update,
      onPassedOver: (fault) => progress.log(`passed over ${fault.message}`),
      signal,
    });
    for (const [i, file] of saved.entries()) await writeStyle(file, styles[i]!);
    return { translated, saved };
  } finally {
    progress.stop();
  }
}

function* listResults({ files, styles, completed }: TranslatedFiles, saved: readonly string[], out: string): Generator<string> {
  if (files.length <= LISTED) for (const { file } of files) yield printablePath(file);
  else yield `${counted(files.length, 'result')} in ${counted(styles.length, 'style')} are in ${printablePath(out)}`;
  for (const file of saved) yield printablePath(file);
  if (!completed) yield 'stopped before the end; --skip-existing goes on';
}
