import { runStoppable } from '@stargan/command-line';
import path from 'node:path';
import { writeWholeFile } from '@stargan/checkpoints';
import { openDataset } from '@stargan/data';
import { contactSheet, contactStrips, describeInspection, inspectDataset, type Inspection } from '@stargan/data/inspection';
import { Command } from 'commander';
import { inspectionPage } from '../report/inspection-page.js';
import { addPrepareCommand } from './dataset-prepare-command.js';
import { examples } from './examples.js';
import { requireApart, requireFolder, requireWritable } from './folders.js';
import { stageProgress } from './stage-progress.js';

interface InspectArguments {
  full?: boolean;
  json?: boolean;
  out?: string;
  sheet?: string;
  html?: string;
}

/** `stargan dataset`. */
export function datasetCommand(): Command {
  const command = new Command('dataset').description('Look into folders of images, and prepare them for a training.');
  command
    .command('inspect')
    .description('Describe a data set: domains, sizes, formats; broken, duplicate, empty and partly read pictures; what is passed over.')
    .argument('<dir>', 'images: one folder per domain, or train/ and val/ with such folders')
    .addHelpText('after', examples('stargan dataset inspect photos --full --out photos-inspected', 'stargan dataset inspect photos --json'))
    .option('--full', 'decode every image: finds damage inside files, and pictures of a single colour')
    .option('--out <dir>', 'also write dataset.html, contact-sheet.png and dataset.json there')
    .option('--sheet <file>', 'write a contact sheet of all domains, a PNG')
    .option('--html <file>', 'write a page with everything and pictures of every domain')
    .option('--json', 'print everything as JSON')
    .action(runInspect);
  addPrepareCommand(command);
  return command.addHelpText(
    'after',
    examples(
      'stargan dataset inspect photos --full --out photos-inspected',
      'stargan dataset inspect photos --json',
      'stargan dataset prepare photos photos-128 --size 128 --val 0.1',
      'stargan dataset prepare photos.zip photos-256 --size 256 --fit pad --format webp',
    ),
  );
}

async function runInspect(directory: string, { full = false, json = false, ...outputs }: InspectArguments): Promise<void> {
  await requireFolder('the data set', directory);
  for (const [option, file] of Object.entries(outputs)) {
    const folder = option === 'out' ? file : path.dirname(file);
    await requireApart({ data: directory, out: folder, option: `--${option}`, onlyAdds: true });
    await requireWritable(`--${option}`, folder);
  }
  await runStoppable('stopping', async (signal) => {
    const progress = stageProgress();
    try {
      const dataset = await openDataset(directory);
      const inspection = await inspectDataset(dataset, { full, signal, onProgress: progress.update });
      progress.stop();
      const files = Object.keys(outputs).length === 0 ? [] : await write(outputs, inspection, await contactStrips(dataset, signal));
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

async function write(
  { out, sheet, html }: Pick<InspectArguments, 'out' | 'sheet' | 'html'>,
  inspection: Inspection,
  strips: Awaited<ReturnType<typeof contactStrips>>,
): Promise<string[]> {
  const inOut = (name: string): string[] => (out === undefined ? [] : [path.join(out, name)]);
  const wanted = [
    { files: [...inOut('dataset.html'), ...(html === undefined ? [] : [html])], content: () => inspectionPage(inspection, strips) },
    { files: [...inOut('contact-sheet.png'), ...(sheet === undefined ? [] : [sheet])], content: () => contactSheet(strips) },
    { files: inOut('dataset.json'), content: () => Promise.resolve(`${JSON.stringify(inspection, null, 2)}\n`) },
  ].filter(({ files }) => files.length > 0);
  for (const { files, content } of wanted) {
    const made = await content();
    for (const file of files) await writeWholeFile(file, made);
  }
  return wanted.flatMap(({ files }) => files);
}
