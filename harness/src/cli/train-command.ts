import type { Precision, Runtime } from '@stargan/backend';
import { Command, InvalidArgumentError, Option } from 'commander';
import { resolveConfig } from '../config/resolve.js';
import type { Config } from '../config/schema.js';
import { chooseThreads } from '../planning/choose-threads.js';
import { summarizeFit } from '../planning/describe-fit.js';
import { fitTraining } from '../planning/fit.js';
import { memoryBudget } from '../planning/memory-budget.js';
import { writeReport } from '../report/write-report.js';
import { findRunRecord } from '../training/run-directory.js';
import { train } from '../training/train.js';
import { startRuntime } from './runtime.js';
import { stopSignal } from './stop-signal.js';

/** A whole number from the command line. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number is needed.');
  return value;
}

/** Gathers the values of an option that may be given several times. */
export const collect = (value: string, previous: string[] = []): string[] => [...previous, value];

interface TrainArguments {
  data: string;
  out: string;
  preset?: string;
  config?: string;
  iterations?: number;
  imageSize?: number;
  batch?: number;
  seed?: number;
  set?: string[];
  threads?: number;
  precision?: Precision;
  resume?: boolean;
  json?: boolean;
}

/** `stargan train`. */
export function trainCommand(): Command {
  return new Command('train')
    .description('Train on folders of images, one folder per domain.')
    .requiredOption('--data <dir>', 'images: one folder per domain, or train/ and val/ with such folders')
    .requiredOption('--out <dir>', 'where the run is kept: config, log, samples, checkpoints, report')
    .option('--preset <name>', 'start from a named configuration: celeba-hq, afhq, demo')
    .option('--config <file>', 'JSON file of config values')
    .option('--iterations <n>', 'iterations in all', wholeNumber)
    .option('--image-size <pixels>', 'height and width of the images: a power of two ≥ 16', wholeNumber)
    .option('--batch <n>', 'images in memory together; an update takes this many times accumulate', wholeNumber)
    .option('--seed <n>', 'seed of all random numbers', wholeNumber)
    .option('--set <key=value>', 'any other config value; may be given several times', collect)
    .option('--threads <n>', 'threads of the native runtime on the processor; unless given, one for small networks, else all cores', wholeNumber)
    .addOption(new Option('--precision <name>', 'reduced: bfloat16 or TensorFloat-32 products where the machine has them').choices(['float32', 'reduced']))
    .option('--resume', 'go on from the newest checkpoint in --out')
    .option('--json', 'print the outcome as JSON')
    .action(runTrain);
}

async function runTrain(options: TrainArguments): Promise<void> {
  const { data, out, preset, config: file, iterations, imageSize, batch, seed, set = [], threads, precision, resume = false, json = false } = options;
  const config = await configFor(out, resume, { preset, file, overrides: { iterations, imageSize, batch, seed }, assignments: set });
  const threadsAreSet = threads !== undefined || process.env.TF_NUM_INTRAOP_THREADS !== undefined;
  const runtime = await startRuntime({ threads: threadsAreSet ? threads : chooseThreads(config), precision });
  if (config.highPass > 0) console.error('note: highPass > 0 without face-landmark masks: the high-pass skip is left out');
  const { signal, release } = stopSignal();
  try {
    const onStart = (domains: number): Promise<void> => sayPrediction(config, domains, runtime);
    const result = await train({ data, out, config, resume, signal, onStart, progress: json ? 'stderr' : 'stdout' });
    const report = await writeReport(out);
    if (json) console.log(JSON.stringify({ ...result, report }));
    else if (result.completed) console.log(`done: ${result.iteration} iterations; samples, checkpoints and ${report} are in ${out}`);
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

/** A resumed run keeps its own configuration, but for what is given again. */
async function configFor(out: string, resume: boolean, sources: Parameters<typeof resolveConfig>[0]): Promise<Config> {
  const previous = resume ? await findRunRecord(out) : undefined;
  if (previous === undefined || sources.preset !== undefined || sources.file !== undefined) return resolveConfig(sources);
  return resolveConfig({ ...sources, base: previous.config });
}
