import { chooseThreads, type Precision, type Runtime } from '@stargan/backend';
import { forecast, type Forecast } from '@stargan/training/planning';
import { Option, type Command } from 'commander';
import { PRESETS, resolveConfig, type Config } from '@stargan/run';
import { requireApart, requireWritable } from './folders.js';
import { threadCount, wholeNumber } from '@stargan/command-line';
import { startRuntime } from './runtime.js';

/** Collects the values of an option that may be given several times. */
export const collect = (value: string, previous: string[] = []): string[] => [...previous, value];

/** Options of every command that trains. */
export interface TrainingArguments {
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
  json?: boolean;
}

/** Descriptions of the options where commands differ. */
export interface TrainingOptionTexts {
  data: string;
  out: string;
  /** The default of `--out`; without it the option is required, unless it is `null`: then the command finds a folder by itself. */
  outByDefault?: string | null;
  config: string;
  iterations: string;
}

/** Adds the options of {@link TrainingArguments} to a command. */
export function addTrainingOptions(command: Command, { data, out, outByDefault, config, iterations }: TrainingOptionTexts): Command {
  const outOption = new Option('--out <dir>', out);
  if (outByDefault === undefined) outOption.makeOptionMandatory();
  else if (outByDefault !== null) outOption.default(outByDefault);
  return command
    .requiredOption('--data <dir>', data)
    .addOption(outOption)
    .option('--preset <name>', `start from a named configuration: ${Object.keys(PRESETS).join(', ')}`)
    .option('--config <file>', config)
    .option('--iterations <n>', iterations, wholeNumber)
    .option('--image-size <pixels>', 'height and width of the images: a power of two ≥ 16', wholeNumber)
    .option('--batch <n>', 'images in memory together; an update takes this many times gradientAccumulation', wholeNumber)
    .option('--seed <n>', 'seed of all random numbers', wholeNumber)
    .option('--set <key=value>', 'any other config value; may be given several times', collect)
    .option(
      '--threads <n>',
      'threads of the native runtime on the processor; unless given, one for small networks, else all cores',
      threadCount,
    )
    .addOption(
      new Option('--precision <name>', 'reduced: bfloat16 or TensorFloat-32 products where the machine has them').choices([
        'float32',
        'reduced',
      ]),
    )
    .option('--json', 'print the outcome as JSON');
}

/** The configuration these options describe. @throws UsageError naming a value that is out of range */
export function configOf(
  { preset, config: file, iterations, imageSize, batch, seed, set = [] }: Omit<TrainingArguments, 'data' | 'out'>,
  base?: Config,
): Promise<Config> {
  return resolveConfig({
    preset,
    file,
    overrides: { iterations, imageSize, batch, seed },
    assignments: set,
    base,
    log: (line) => console.error(`note: ${line}`),
  });
}

/**
 * Makes sure that the folders of a command that trains are apart, and that the results can be written.
 *
 * @param resumes whether a run in `out` is resumed
 * @throws UsageError naming the folder and the reason
 */
export async function checkFolders({ data, out }: Pick<TrainingArguments, 'data' | 'out'>, resumes = false): Promise<void> {
  await requireApart({ data, out, resumes });
  await requireWritable('--out', out);
}

/** The runtime of a training, and the plan by which it was set, if one had to be made. */
export interface TrainingRuntime {
  readonly runtime: Runtime;
  readonly forecasted: Forecast | undefined;
}

/**
 * Starts the runtime with which a training of this configuration is fastest, unless options say otherwise.
 *
 * @param domains number of domains
 */
export async function startTrainingRuntime(
  config: Config,
  domains: number,
  { threads, precision }: Pick<TrainingArguments, 'threads' | 'precision'>,
): Promise<TrainingRuntime> {
  const threadsAreSet = threads !== undefined || process.env.TF_NUM_INTRAOP_THREADS !== undefined;
  const forecasted = threadsAreSet ? undefined : forecast(config, domains);
  const chosen = forecasted === undefined ? threads : chooseThreads(forecasted.plan);
  return { runtime: await startRuntime({ threads: chosen, precision }), forecasted };
}
