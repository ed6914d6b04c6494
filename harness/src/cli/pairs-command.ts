import { Command } from 'commander';
import { resolveConfig } from '../config/resolve.js';
import { runPairs } from '../pairs/run-pairs.js';
import { startRuntime } from './runtime.js';
import { stopSignal } from './stop-signal.js';
import { collect, wholeNumber } from './train-command.js';

interface PairsArguments {
  data: string;
  out: string;
  preset?: string;
  config?: string;
  iterations?: number;
  imageSize?: number;
  batch?: number;
  seed?: number;
  threads?: number;
  set?: string[];
  json?: boolean;
}

/** `stargan pairs`. */
export function pairsCommand(): Command {
  return new Command('pairs')
    .description('Train a model for every pair of domains, and one for all in as many iterations, and compare them.')
    .requiredOption('--data <dir>', 'images: one folder per domain, three or more, or train/ and val/ with such folders')
    .requiredOption('--out <dir>', 'where the models are kept, each a run of its own; what is there already is gone on with')
    .option('--preset <name>', 'start from a named configuration: celeba-hq, afhq, demo')
    .option('--config <file>', 'JSON file of config values that all models share')
    .option('--iterations <n>', 'iterations of the model of all domains, and of all pairs together', wholeNumber)
    .option('--image-size <pixels>', 'height and width of the images: a power of two ≥ 16', wholeNumber)
    .option('--batch <n>', 'images per update', wholeNumber)
    .option('--seed <n>', 'seed of all random numbers', wholeNumber)
    .option('--threads <n>', 'threads of the native runtime; all cores by default, and 1 is faster for small images', wholeNumber)
    .option('--set <key=value>', 'any other config value; may be given several times', collect)
    .option('--json', 'print the outcome as JSON')
    .action(runCommand);
}

async function runCommand({ data, out, preset, config: file, iterations, imageSize, batch, seed, threads, set, json = false }: PairsArguments): Promise<void> {
  const base = await resolveConfig({ preset, file, overrides: { iterations, imageSize, batch, seed }, assignments: set });
  await startRuntime(threads);
  const { signal, release } = stopSignal();
  try {
    const say = (line: string): void => (json ? console.error : console.log)(line);
    const result = await runPairs({ data, out, base, say, signal, progress: json ? 'stderr' : 'stdout' });
    if (json) console.log(JSON.stringify(result));
    else if (result.completed) console.log(`\n${result.text}\n\nnumbers   ${result.json}\npage      ${result.html}`);
    else console.log(`stopped at ${result.model}; everything is saved, and the same command goes on from there`);
  } finally {
    release();
  }
}
