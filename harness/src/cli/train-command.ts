import type { Runtime } from '@stargan/backend';
import { Command } from 'commander';
import type { Config } from '../config/schema.js';
import { summarizeFit } from '../planning/describe-fit.js';
import { fitTraining } from '../planning/fit.js';
import { memoryBudget } from '../planning/memory-budget.js';
import { writeReport } from '../report/write-report.js';
import { findRunRecord } from '../training/run-directory.js';
import { train } from '../training/train.js';
import { stopSignal } from './stop-signal.js';
import { addTrainingOptions, configOf, startTrainingRuntime, type TrainingArguments } from './training-options.js';

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
    .option('--resume', 'go on from the newest checkpoint in --out')
    .action(runTrain);
}

async function runTrain(options: TrainArguments): Promise<void> {
  const { data, out, resume = false, json = false } = options;
  const config = await configFor(options);
  const runtime = await startTrainingRuntime(config, options);
  if (config.highPass > 0) console.error('WARNING: highPass > 0 needs face-landmark masks, which are not made yet: the generator gets neither the high-pass skip nor the shortcuts that it stands in for, and keeps less of the source; highPass 0 keeps the shortcuts');
  const { signal, release } = stopSignal();
  try {
    const onStart = (domains: number): Promise<void> => sayPrediction(config, domains, runtime);
    const result = await train({ data, out, config, resume, signal, onStart, progress: json ? 'stderr' : 'stdout' });
    const report = await writeReport(out).catch((error: Error) => {
      console.error(`warning: the report could not be written: ${error.message}; stargan report --run ${out} makes it again`);
      return undefined;
    });
    if (json) console.log(JSON.stringify({ ...result, report }));
    else if (result.completed) console.log(`done: ${result.iteration} iterations; samples, checkpoints${report === undefined ? '' : ` and ${report}`} are in ${out}`);
    else console.log(`stopped after ${result.iteration} of ${config.iterations} iterations; saved in ${result.checkpoint}; go on with --resume`);
  } finally {
    release();
  }
}

/** Says on standard error how much memory the run will take, and warns when there is less. */
async function sayPrediction(config: Config, domains: number, runtime: Runtime): Promise<void> {
  const budget = await memoryBudget(runtime);
  for (const line of summarizeFit(fitTraining(config, domains, budget), budget)) console.error(line);
}

/** A resumed run keeps its own configuration; what is given again, by a preset or file too, is a change of it. */
async function configFor(options: TrainArguments): Promise<Config> {
  const previous = options.resume === true ? await findRunRecord(options.out) : undefined;
  return configOf(options, previous?.config);
}
