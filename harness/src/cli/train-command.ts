import { runStoppable } from '@stargan/command-line';
import { describeError } from '@stargan/backend';
import { listDomains } from '@stargan/data';
import { Command } from 'commander';
import { configHelp } from '../config/config-help.js';
import type { Config } from '../config/schema.js';
import { writeReport } from '../report/write-report.js';
import { findRunRecord } from '../run/run-directory.js';
import { train } from '../training/train.js';
import { examples } from './examples.js';
import { requireFolder } from './folders.js';
import { printPrediction } from './print-prediction.js';
import { addTrainingOptions, checkFolders, configOf, startTrainingRuntime, type TrainingArguments } from './training-options.js';

interface TrainArguments extends TrainingArguments {
  resume?: boolean;
}

/** `stargan train`. */
export function trainCommand(): Command {
  const command = new Command('train').description('Train on folders of images, one folder per domain.');
  return addTrainingOptions(command, {
    data: 'images: one folder per domain, or train/ and val/ with such folders',
    out: 'where the run is kept: config, log, samples, checkpoints, report',
    config: 'JSON file of config values',
    iterations: 'iterations in all',
  })
    .option('--resume', 'continue from the newest checkpoint in --out')
    .addHelpText(
      'after',
      examples(
        'stargan train --data photos --out runs/01 --preset afhq --image-size 128 --batch 4',
        'stargan train --data photos --out runs/01 --resume',
        'stargan train --data photos --out runs/02 --config runs/01/config.json --set lambdaCycle=0.5',
      ),
    )
    .addHelpText('after', configHelp())
    .action(runTrain);
}

async function runTrain(options: TrainArguments): Promise<void> {
  const { data, out, resume = false, json = false } = options;
  await checkFolders(options, resume && (await findRunRecord(out)) !== undefined);
  const config = await configFor(options);
  await requireFolder('--data', data);
  await runStoppable('stopping after this iteration, and saving', async (signal) => {
    const { length } = await listDomains(data);
    const started = await startTrainingRuntime(config, length, options);
    if (config.highPass > 0)
      console.error(
        'WARNING: highPass > 0 needs face-landmark masks, which are not available yet: the generator gets neither the high-pass skip nor the shortcuts that it replaces, and keeps less of the source; highPass 0 keeps the shortcuts',
      );
    const onStart = (domains: number): Promise<void> => printPrediction({ config, domains, out, ...started });
    const result = await train({ data, out, config, resume, signal, onStart, progress: json ? 'stderr' : 'stdout' });
    const report = await reportOf(out);
    if (json) console.log(JSON.stringify({ ...result, report }));
    else if (result.completed)
      console.log(
        `done: ${result.iteration} iterations; samples, checkpoints${report === undefined ? '' : ` and ${report}`} are in ${out}`,
      );
    else
      console.log(
        `stopped after ${result.iteration} of ${config.iterations} iterations; saved in ${result.checkpoint}; go on with --resume`,
      );
    return result.completed ? 'completed' : 'stopped';
  });
}

/** Writes the report; a failure does not harm the run. */
async function reportOf(out: string): Promise<string | undefined> {
  try {
    return await writeReport(out);
  } catch (error) {
    console.error(`warning: the report could not be written: ${describeError(error)}; stargan report --run ${out} tries again`);
    return undefined;
  }
}

/** A resumed run keeps its own configuration; values that are given again, also by a preset or file, change it. */
async function configFor(options: TrainArguments): Promise<Config> {
  const previous = options.resume === true ? await findRunRecord(options.out, (note) => console.error(note)) : undefined;
  return configOf(options, previous?.config);
}
