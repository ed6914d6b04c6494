import { runStoppable } from '@stargan/command-line';
import path from 'node:path';
import { writeWholeFile } from '@stargan/checkpoints';
import { openDataset } from '@stargan/data';
import {
  contactSheet,
  contactStrips,
  count,
  describeInspection,
  inspectDataset,
  type Inspection,
  type InspectOptions,
} from '@stargan/data/inspection';
import { Command } from 'commander';
import { createProgress, type Progress } from '../logging/progress.js';
import { inspectionPage } from '../report/inspection-page.js';
import { examples } from './examples.js';
import { requireApart, requireFolder, requireWritable } from './folders.js';

interface InspectArguments {
  full?: boolean;
  json?: boolean;
  out?: string;
}

/** `stargan dataset`. */
export function datasetCommand(): Command {
  const command = new Command('dataset').description('Look into folders of images.');
  command
    .command('inspect')
    .description('Describe a data set: domains, sizes, formats; broken, duplicate, empty and partly read pictures; what is passed over.')
    .argument('<dir>', 'images: one folder per domain, or train/ and val/ with such folders')
    .addHelpText('after', examples('stargan dataset inspect photos --full --out photos-inspected', 'stargan dataset inspect photos --json'))
    .option('--full', 'decode every image: finds damage inside files, and pictures of a single colour')
    .option('--out <dir>', 'also write dataset.html, contact-sheet.png and dataset.json there')
    .option('--json', 'print everything as JSON')
    .action(runInspect);
  return command.addHelpText(
    'after',
    examples('stargan dataset inspect photos --full --out photos-inspected', 'stargan dataset inspect photos --json'),
  );
}

async function runInspect(directory: string, { full = false, json = false, out }: InspectArguments): Promise<void> {
  await requireFolder('the data set', directory);
  if (out !== undefined) {
    await requireApart({ data: directory, out, onlyAdds: true });
    await requireWritable('--out', out);
  }
  await runStoppable('stopping', async (signal) => {
    const progress = stageProgress();
    try {
      const dataset = await openDataset(directory);
      const inspection = await inspectDataset(dataset, { full, signal, onProgress: progress.update });
      progress.stop();
      const files = out === undefined ? [] : await write(out, inspection, await contactStrips(dataset, signal));
      if (json) console.log(JSON.stringify({ ...inspection, files }));
      else console.log([describeInspection(inspection, { full: '--full', listedBy: '--out and --json' }), ...files].join('\n'));
      return 'completed';
    } catch (error) {
      if (!signal.aborted) throw error;
      console.error('stopped; nothing was written');
      return 'stopped';
    } finally {
      progress.stop();
    }
  });
}

async function write(out: string, inspection: Inspection, strips: Awaited<ReturnType<typeof contactStrips>>): Promise<string[]> {
  const contents = {
    'dataset.html': await inspectionPage(inspection, strips),
    'contact-sheet.png': await contactSheet(strips),
    'dataset.json': `${JSON.stringify(inspection, null, 2)}\n`,
  };
  return Promise.all(
    Object.entries(contents).map(async ([name, content]) => {
      const file = path.join(out, name);
      await writeWholeFile(file, content);
      return file;
    }),
  );
}

/** The progress of one stage after another. */
function stageProgress(): { update: NonNullable<InspectOptions['onProgress']>; stop: () => void } {
  let shown: { stage: string; progress: Progress } | undefined;
  return {
    update(stage, done, total) {
      if (shown?.stage !== stage) {
        shown?.progress.stop();
        const bar = `{bar} {value}/{total} ${stage} | {eta_formatted} left`;
        shown = { stage, progress: createProgress({ bar, line: `{done}/{all} ${stage}`, secondsBetweenLines: 10 }) };
      }
      shown.progress.update(done, total, { done: count(done), all: count(total) });
    },
    stop: () => shown?.progress.stop(),
  };
}
