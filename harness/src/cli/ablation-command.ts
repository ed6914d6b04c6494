import { ABLATION_CONFIGS, ABLATION_NAMES, type AblationName } from '@stargan/training';
import { Command, InvalidArgumentError, Option } from 'commander';
import { runAblation } from '../studies/ablation.js';
import { examples } from './examples.js';
import { runStudy } from './run-study.js';
import { addTrainingOptions, type TrainingArguments } from './training-options.js';

function configNames(text: string): AblationName[] {
  const given = new Set(text.split(',').map((name) => name.trim().toUpperCase()));
  const unknown = [...given].find((name) => !ABLATION_NAMES.some((known) => known === name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`configurations are ${ABLATION_NAMES.join(', ')}, separated by commas; got ${unknown || 'none'}.`);
  return ABLATION_NAMES.filter((name) => given.has(name));
}

interface AblationArguments extends TrainingArguments {
  configs?: AblationName[];
  rungs?: AblationName[];
}

/** `stargan ablation`. */
export const ablationCommand = (): Command => namedCommand('ablation', '--configs');

/** `stargan ladder`, as the command was called before. */
export const ladderCommand = (): Command => namedCommand('ladder', '--rungs');

function namedCommand(name: 'ablation' | 'ladder', listOption: '--configs' | '--rungs'): Command {
  const command = new Command(name).description(
    "Train the paper's component analysis, configurations A (the first StarGAN) to F (StarGAN v2), and compare them.",
  );
  return addTrainingOptions(command, {
    data: 'images: one folder per domain, or train/ and val/ with such folders',
    out: 'where the models are kept, each a run of its own; existing runs are resumed',
    outByDefault: name,
    config: 'JSON file of config values that all configurations share',
    iterations: 'iterations of the full model; the others get as many as see the same number of training images',
  })
    .addOption(new Option(`${listOption} <list>`, 'which, separated by commas').argParser(configNames).default(ABLATION_NAMES, 'all'))
    .addHelpText(
      'after',
      `\nConfigurations:\n${ABLATION_NAMES.map((letter) => `  ${letter}  ${ABLATION_CONFIGS[letter].title}`).join('\n')}`,
    )
    .addHelpText(
      'after',
      examples(
        'stargan ablation --data photos --out ablation --iterations 20000',
        'stargan ablation --data photos --out ablation --configs E,F --json',
      ),
    )
    .action((options: AblationArguments) => {
      const configs = options.configs ?? options.rungs ?? ABLATION_NAMES;
      const note = name === 'ladder' ? 'stargan ladder --rungs is now called stargan ablation --configs' : undefined;
      return runStudy(options, { models: () => configs.length, run: (study) => runAblation({ ...study, configs }), note });
    });
}
