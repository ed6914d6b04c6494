import { Command, InvalidArgumentError } from 'commander';
import { resolveConfig } from '../config/resolve.js';
import { runLadder } from '../ladder/run-ladder.js';
import { RUNG_NAMES, RUNGS, type RungName } from '../ladder/rungs.js';
import { startRuntime } from './runtime.js';
import { stopSignal } from './stop-signal.js';
import { collect, wholeNumber } from './train-command.js';

function rungNames(text: string): RungName[] {
  const given = new Set(text.split(',').map((name) => name.trim().toUpperCase()));
  const unknown = [...given].find((name) => !RUNG_NAMES.some((known) => known === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`rungs are ${RUNG_NAMES.join(', ')}, separated by commas; got ${unknown || 'none'}.`);
  return RUNG_NAMES.filter((name) => given.has(name));
}

interface LadderArguments {
  data: string;
  out: string;
  rungs: RungName[];
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

/** `stargan ladder`. */
export function ladderCommand(): Command {
  return new Command('ladder')
    .description("Train the paper's component analysis, from the first StarGAN to StarGAN v2, and compare its rungs.")
    .requiredOption('--data <dir>', 'images: one folder per domain, or train/ and val/ with such folders')
    .requiredOption('--out <dir>', 'where the rungs are kept, each a run of its own; what is there already is gone on with')
    .option('--rungs <list>', 'which, separated by commas', rungNames, RUNG_NAMES)
    .option('--preset <name>', 'start from a named configuration: celeba-hq, afhq, demo')
    .option('--config <file>', 'JSON file of config values that all rungs share')
    .option('--iterations <n>', 'iterations of the full model; rungs with one generator update in an iteration make twice as many', wholeNumber)
    .option('--image-size <pixels>', 'height and width of the images: a power of two ≥ 16', wholeNumber)
    .option('--batch <n>', 'images per update', wholeNumber)
    .option('--seed <n>', 'seed of all random numbers', wholeNumber)
    .option('--threads <n>', 'threads of the native runtime; all cores by default, and 1 is faster for small images', wholeNumber)
    .option('--set <key=value>', 'any other config value; may be given several times', collect)
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', `\nRungs:\n${RUNG_NAMES.map((name) => `  ${name}  ${RUNGS[name].title}`).join('\n')}`)
    .action(runCommand);
}

async function runCommand({ data, out, rungs, preset, config: file, iterations, imageSize, batch, seed, threads, set, json = false }: LadderArguments): Promise<void> {
  const base = await resolveConfig({ preset, file, overrides: { iterations, imageSize, batch, seed }, assignments: set });
  await startRuntime(threads);
  const { signal, release } = stopSignal();
  try {
    const say = (line: string): void => (json ? console.error : console.log)(line);
    const result = await runLadder({ data, out, rungs, base, say, signal, progress: json ? 'stderr' : 'stdout' });
    if (json) console.log(JSON.stringify(result));
    else if (result.completed) console.log(`\n${result.text}\n\nnumbers   ${result.json}\npage      ${result.html}`);
    else console.log(`stopped in rung ${result.rung}; everything is saved, and the same command goes on from there`);
  } finally {
    release();
  }
}
