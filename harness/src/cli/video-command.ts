import { stat } from 'node:fs/promises';
import path from 'node:path';
import { printablePath } from '@stargan/data';
import type { Model } from '@stargan/training';
import { findPictures, translateVideo } from '@stargan/translation';
import { Command } from 'commander';
import { readRunRecord, runPaths } from '@stargan/run';
import { UsageError } from '../usage-error.js';
import { examples } from './examples.js';
import { requireWritable } from './folders.js';
import { positiveNumber, runStoppable, type StoppableOutcome } from '@stargan/command-line';
import { openRunDataset } from './run-dataset.js';
import { asRequested, loadRunModel, requireRunFolder } from './run-model.js';
import { startRuntime } from './runtime.js';
import { addStyleOptions, createTimedProgress, type StyleArguments } from './style-options.js';

/** Domains that a video shows by itself at most, as sample grids do. */
const SHOWN_DOMAINS = 5;

/** Pictures that a video shows by itself. */
const SHOWN_SOURCES = 4;

interface VideoArguments extends StyleArguments {
  out?: string;
  fps: number;
  scale?: number;
  quality: number;
  loop: boolean;
  ffmpeg?: string;
}

/** `stargan video`. */
export function videoCommand(): Command {
  const command = new Command('video')
    .description('Make a video of pictures that change from style to style: of random styles, or of those of reference pictures.')
    .argument('[images...]', "picture files, and folders of them; by default some of the run's own");
  return addStyleOptions(command, { to: ` (default: the first ${SHOWN_DOMAINS} of the model)`, count: '3' })
    .option(
      '--out <file>',
      'the video, .webp, .gif or, with ffmpeg, .mp4; by default a .webp in samples/ of the run, which the report shows',
    )
    .option('--fps <n>', 'frames a second', positiveNumber, 30)
    .option('--scale <n>', 'enlarge every pixel so many times; by default up to 128 pixels per image', positiveNumber)
    .option('--quality <n>', 'quality of WebP, 1 to 100', positiveNumber, 90)
    .option('--no-loop', 'end with the last style instead of leading back to the first')
    .option('--ffmpeg <file>', 'the ffmpeg that writes .mp4; by default the one in PATH')
    .option('--overwrite', 'replace the video where it is there already')
    .addHelpText(
      'after',
      examples(
        'stargan video --run runs/01',
        'stargan video cat.jpg fox.jpg --run runs/01 --to dog --count 6 --psi 0.7 --out dogs.webp',
        'stargan video cats --run runs/01 --to dog --reference rex.jpg bello.jpg --out dogs.mp4',
      ),
    )
    .action(makeVideo);
}

async function makeVideo(images: readonly string[], options: VideoArguments): Promise<void> {
  const { run, checkpoint, out, overwrite = false, json = false, ...how } = options;
  await requireRunFolder(run);
  await requireWritable(out === undefined ? '--run' : '--out', out === undefined ? runPaths(run).samples : path.dirname(out));
  const sources = images.length > 0 ? images : await ownPictures(run);
  const found = await asRequested(() => findPictures(sources));
  await runStoppable('stopping; the video is not written', (signal) =>
    asRequested<StoppableOutcome>(async () => {
      await startRuntime();
      const model = await loadRunModel(run, checkpoint);
      const progress = createTimedProgress('drawing', 'frames');
      try {
        const kind = how.reference === undefined ? 'latent' : 'reference';
        const iteration = `${model.checkpoint.iteration}`.padStart(7, '0');
        const file = out ?? path.join(runPaths(run).samples, `${iteration}-${kind}-video.webp`);
        if (!overwrite && (await stat(file).catch(() => undefined)) !== undefined)
          throw new UsageError(`${printablePath(file)} is there already; --overwrite replaces it, --out names another`);
        const { styles, ...video } = await translateVideo(model, file, found, {
          ...how,
          ...choiceOf(model, how),
          onProgress: progress.update,
          onNote: (note) => console.error(`note: ${note}`),
          signal,
        });
        progress.stop();
        if (json)
          console.log(
            JSON.stringify({
              iteration: model.checkpoint.iteration,
              ...video,
              styles: styles.map(({ name, domains, origin }) => ({ name, domains, origin })),
            }),
          );
        else console.log(printablePath(file));
        return 'completed';
      } finally {
        progress.stop();
        model.dispose();
      }
    }),
  );
}

/** The domains and the number of styles, where nothing is said about them. */
function choiceOf(
  { domains }: Model,
  { to, seed, count, reference, style }: Omit<VideoArguments, 'run'>,
): { to?: readonly string[]; count?: number } {
  if (reference !== undefined || style !== undefined) return { to, count };
  if (to === undefined && domains.length > SHOWN_DOMAINS)
    console.error(`note: the video shows the first ${SHOWN_DOMAINS} of ${domains.length} domains; --to names others`);
  return { to: to ?? domains.slice(0, SHOWN_DOMAINS), count: count ?? ((seed?.length ?? 0) > 1 ? undefined : 3) };
}

/** Some pictures of the run's own: held out from training where there are such, of every domain in turn. */
async function ownPictures(run: string): Promise<string[]> {
  const { data } = await readRunRecord(run);
  const { train, validation } = await openRunDataset({ data }, undefined).catch((error: unknown) => {
    throw new UsageError(`the run's own pictures cannot be shown; name others in front of the options: ${(error as Error).message}`);
  });
  const { domains } = validation ?? train;
  const perDomain = Math.ceil(SHOWN_SOURCES / domains.length);
  return domains.flatMap(({ files }) => files.slice(0, perDomain)).slice(0, SHOWN_SOURCES);
}
