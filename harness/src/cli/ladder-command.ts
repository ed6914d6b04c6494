import { listDomains } from '@stargan/data';
import { Command, InvalidArgumentError, Option } from 'commander';
import { runLadder } from '../ladder/run-ladder.js';
import { RUNG_NAMES, RUNGS, type RungName } from '@stargan/training';
import { examples } from './examples.js';
import { requireFolder } from './folders.js';
import { sayPrediction } from './say-prediction.js';
import { runStoppable } from './run-stoppable.js';
import { addTrainingOptions, checkFolders, configOf, startTrainingRuntime, type TrainingArguments } from './training-options.js';

function rungNames(text: string): RungName[] {
  const given = new Set(text.split(',').map((name) => name.trim().toUpperCase()));
  const unknown = [...given].find((name) => !RUNG_NAMES.some((known) => known === name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`rungs are ${RUNG_NAMES.join(', ')}, separated by commas; got ${unknown || 'none'}.`);
  return RUNG_NAMES.filter((name) => given.has(name));
}

interface LadderArguments extends TrainingArguments {
  rungs: RungName[];
}

/** `stargan ladder`. */
export function ladderCommand(): Command {
  const command = new Command('ladder').description(
    "Train the paper's component analysis, from the first StarGAN to StarGAN v2, and compare its rungs.",
  );
  return addTrainingOptions(command, {
    data: 'images: one folder per domain, or train/ and val/ with such folders',
    out: 'where the rungs are kept, each a run of its own; what is there already is gone on with',
    outByDefault: 'ladder',
    config: 'JSON file of config values that all rungs share',
    iterations: 'iterations of the full model; the others get as many as see the same number of training images',
  })
    .addOption(new Option('--rungs <list>', 'which, separated by commas').argParser(rungNames).default(RUNG_NAMES, 'all'))
    .addHelpText('after', `\nRungs:\n${RUNG_NAMES.map((name) => `  ${name}  ${RUNGS[name].title}`).join('\n')}`)
    .addHelpText(
      'after',
      examples(
        'stargan ladder --data photos --out ladder --iterations 20000',
        'stargan ladder --data photos --out ladder --rungs E,F --json',
      ),
    )
    .action(runCommand);
}

async function runCommand(options: LadderArguments): Promise<void> {
  const { data, out, rungs, json = false } = options;
  await checkFolders(options);
  const base = await configOf(options);
  await requireFolder('--data', data);
  await runStoppable('stopping after this iteration, and saving', async (signal) => {
    const domains = await listDomains(data);
    const started = await startTrainingRuntime(base, domains.length, options);
    await sayPrediction({ config: base, domains: domains.length, out, ...started, models: rungs.length });
    const say = (line: string): void => (json ? console.error : console.log)(line);
    const result = await runLadder({ data, out, rungs, base, say, signal, progress: json ? 'stderr' : 'stdout' });
    if (json) console.log(JSON.stringify(result));
    else if (result.completed) console.log(`\n${result.text}\n\nnumbers   ${result.json}\npage      ${result.html}`);
    else console.log(`stopped in rung ${result.rung}; everything is saved, and the same command goes on from there`);
    return result.completed ? 'completed' : 'stopped';
  });
}
