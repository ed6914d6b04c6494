import { Command } from 'commander';
import { runPairs } from '../studies/pairs.js';
import { examples } from './examples.js';
import { runStudy } from './run-study.js';
import { addTrainingOptions, type TrainingArguments } from './training-options.js';

/** `stargan pairs`. */
export function pairsCommand(): Command {
  const command = new Command('pairs').description(
    'Train a model for every pair of domains, and one for all in as many iterations, and compare them.',
  );
  return addTrainingOptions(command, {
    data: 'images: one folder per domain, three or more, or train/ and val/ with such folders',
    out: 'where the models are kept, each a run of its own; existing runs are resumed',
    outByDefault: 'pairs',
    config: 'JSON file of config values that all models share',
    iterations: 'iterations of the model of all domains, and of all pairs together',
  })
    .addHelpText('after', examples('stargan pairs --data photos --out pairs --iterations 60000'))
    .action((options: TrainingArguments) => runStudy(options, { models: (domains) => 1 + (domains * (domains - 1)) / 2, run: runPairs }));
}
