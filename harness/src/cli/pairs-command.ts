import { listDomains } from '@stargan/data';
import { Command } from 'commander';
import { runPairs } from '../pairs/run-pairs.js';
import { examples } from './examples.js';
import { requireFolder } from './folders.js';
import { sayPrediction } from './say-prediction.js';
import { runStoppable } from './run-stoppable.js';
import { addTrainingOptions, checkFolders, configOf, startTrainingRuntime, type TrainingArguments } from './training-options.js';

/** `stargan pairs`. */
export function pairsCommand(): Command {
  const command = new Command('pairs').description(
    'Train a model for every pair of domains, and one for all in as many iterations, and compare them.',
  );
  return addTrainingOptions(command, {
    data: 'images: one folder per domain, three or more, or train/ and val/ with such folders',
    out: 'where the models are kept, each a run of its own; what is there already is gone on with',
    outByDefault: 'pairs',
    config: 'JSON file of config values that all models share',
    iterations: 'iterations of the model of all domains, and of all pairs together',
  })
    .addHelpText('after', examples('stargan pairs --data photos --out pairs --iterations 60000'))
    .action(runCommand);
}

async function runCommand(options: TrainingArguments): Promise<void> {
  const { data, out, json = false } = options;
  await checkFolders(options);
  const base = await configOf(options);
  await requireFolder('--data', data);
  await runStoppable('stopping after this iteration, and saving', async (signal) => {
    const domains = await listDomains(data);
    const started = await startTrainingRuntime(base, domains.length, options);
    await sayPrediction({
      config: base,
      domains: domains.length,
      out,
      ...started,
      models: 1 + (domains.length * (domains.length - 1)) / 2,
    });
    const say = (line: string): void => (json ? console.error : console.log)(line);
    const result = await runPairs({ data, out, base, say, signal, progress: json ? 'stderr' : 'stdout' });
    if (json) console.log(JSON.stringify(result));
    else if (result.completed) console.log(`\n${result.text}\n\nnumbers   ${result.json}\npage      ${result.html}`);
    else console.log(`stopped at ${result.model}; everything is saved, and the same command goes on from there`);
    return result.completed ? 'completed' : 'stopped';
  });
}
