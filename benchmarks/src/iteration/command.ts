import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chooseThreads, describeRuntime, selectRuntime } from '@stargan/backend';
import { resolveConfig, UsageError, type Config } from '@stargan/harness';
import { forecast } from '@stargan/training/planning';
import { Command, InvalidArgumentError, Option } from 'commander';
import { measureMatmulPeak } from '../matmul-peak.js';
import { alternate } from './compare.js';
import { formatProfile } from './format-profile.js';
import { formatMemory } from './format-memory.js';
import { formatCost, formatKernels } from './format.js';
import { measureIteration, measurePeak, type IterationCost, type PeaksAlone } from './measure.js';
import { runPeer } from './peer.js';
import { summarizeProfile } from './profile.js';
import { lastJson, runProgram } from './run-program.js';

interface Options {
  preset?: string;
  imageSize?: number;
  batch?: number;
  iterations: number;
  domains?: number;
  set: string[];
  json?: boolean;
  kernels?: boolean;
  profile?: boolean;
  compile?: boolean;
  memory?: boolean;
  peakOf?: 'compiled' | 'eager';
  threads?: number;
  peer?: string;
  peerDevice?: string;
  python: string;
  rounds: number;
}

const PROGRAM = fileURLToPath(new URL('../../bin/iteration.js', import.meta.url));
const DEFAULT_DOMAINS = 2;

/** Sizes that are measured where neither an option nor a preset says others. */
const DEFAULT_SIZES = { imageSize: 64, batch: 4 };

const PEAK_RUNS = 10;

/** `pnpm bench:iteration`. */
export function iterationCommand(): Command {
  return new Command('bench:iteration')
    .description('Measure one full training iteration on random data, alone or beside a PyTorch program.')
    .option('--preset <name>', 'a named configuration of stargan train, with its sizes: celeba-hq, afhq, demo')
    .option('--image-size <pixels>', 'height and width of the images (default 64, or as the preset says)', whole)
    .option('--batch <images>', 'images per update (default 4, or as the preset says)', whole)
    .option('--iterations <number>', 'iterations, the first of which warms up; at least 2 are run', whole, 4)
    .option('--domains <number>', 'number of domains (default 2)', whole)
    .option('--set <key=value>', 'any config value; may be repeated', (text: string, before: string[]) => [...before, text], [])
    .option('--json', 'print JSON')
    .option('--kernels', 'also print the kernels by arithmetic and shape, on standard error')
    .option('--profile', 'also take the time of every kernel, after the timed iterations: a table on standard error, and in the JSON')
    .option('--compile', 'time iterations that are recorded and replayed, in turn with those that run operation by operation')
    .addOption(new Option('--peak-of <kind>', 'only the peak of a training of this kind').choices(['compiled', 'eager']).hideHelp())
    .option('--memory', 'also print where the resident memory is after the last timed iteration, on standard error (Linux)')
    .option('--threads <number>', 'threads of an operation on the processor (default: as a training chooses them)', whole)
    .option('--peer <file.py>', 'alternate with this Python program, each in fresh processes, and print the ratio')
    .option('--peer-device <name>', 'passed to the peer as --device, such as cuda')
    .option('--python <path>', 'Python that runs the peer', 'python3')
    .option('--rounds <number>', 'with a peer: how often each is run', whole, 2)
    .action(async (options: Options) => {
      if (options.peakOf !== undefined) return console.log(JSON.stringify(await measurePeakHere(options, options.peakOf)));
      const cost = options.peer === undefined ? await measureHere(options) : await measureBeside(options.peer, options);
      console.log(options.json === true ? JSON.stringify(cost) : formatCost(cost));
    });
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number ≥ 1.');
  return value;
}

/** The measured configuration. @throws UsageError as `resolveConfig` does */
function configOf({ preset, imageSize, batch, set }: Options): Promise<Config> {
  const sizes = preset === undefined ? DEFAULT_SIZES : {};
  return resolveConfig({ preset, overrides: { ...sizes, ...(imageSize && { imageSize }), ...(batch && { batch }) }, assignments: set });
}

async function measureHere(options: Options): Promise<IterationCost> {
  const { domains = DEFAULT_DOMAINS, iterations, kernels = false, profile = false, compile = false } = options;
  const config = await configOf(options);
  // Before there is a training in this process: machines that hold one may not hold two.
  const peaks = compile ? await measurePeaksAlone(options) : undefined;
  const runtime = await selectRuntime({ threads: threadsOf(options, config, domains) });
  console.error(describeRuntime(runtime));
  const { cost, times, ...measured } = measureIteration(config, { domains, timed: Math.max(iterations - 1, 1), profile, peaks });
  if (kernels) console.error(formatKernels(measured.kernels));
  // With compiling this process holds two trainings; those with one of them have told.
  if (options.memory === true && !compile) console.error(formatMemory(measured.resident));
  if (times === undefined) return cost;
  const summary = summarizeProfile(times, { peak: measureMatmulPeak(PEAK_RUNS), synchronous: runtime.kind !== 'native-gpu' });
  console.error(formatProfile(summary));
  return { ...cost, profile: summary };
}

function threadsOf({ threads }: Options, config: Config, domains: number): number | undefined {
  return threads ?? chooseThreads(forecast(config, domains).plan);
}

async function measurePeaksAlone(options: Options): Promise<PeaksAlone> {
  const peakOf = async (kind: 'compiled' | 'eager'): Promise<number> => {
    const { peakResidentBytes } = await measureInChild({
      ...options,
      kernels: false,
      profile: false,
      compile: false,
      peakOf: kind,
    });
    return peakResidentBytes;
  };
  return { compiled: await peakOf('compiled'), eager: await peakOf('eager') };
}

async function measurePeakHere(options: Options, kind: 'compiled' | 'eager'): Promise<Pick<IterationCost, 'peakResidentBytes'>> {
  const { domains = DEFAULT_DOMAINS } = options;
  const config = await configOf(options);
  await selectRuntime({ threads: threadsOf(options, config, domains) });
  const { peakResidentBytes, resident } = measurePeak(config, { domains, compile: kind === 'compiled' });
  if (options.memory === true) console.error(`${kind === 'compiled' ? kind : 'operation by operation'}:\n${formatMemory(resident)}`);
  return { peakResidentBytes };
}

async function measureBeside(file: string, options: Options): ReturnType<typeof alternate> {
  const { domains, iterations, preset, set, peerDevice, python, rounds } = options;
  if (!existsSync(file)) throw new UsageError(`--peer: there is no file ${file}`);
  const { imageSize, batch } = await configOf(options);
  if (set.length > 0 || preset !== undefined)
    console.error(
      'warning: the peer takes the sizes alone and does not know of --set and --preset; the ratio compares different models unless they change nothing but sizes and speed',
    );
  // Neither is started from a process with TensorFlow in it: a child would inherit its high mark of memory.
  return alternate(
    () => measureInChild({ ...options, imageSize, batch }),
    () => runPeer({ python, file, imageSize, batch, iterations: Math.max(iterations, 2), domains, device: peerDevice }),
    rounds,
  );
}

async function measureInChild(options: Options): Promise<IterationCost> {
  const {
    preset,
    imageSize,
    batch,
    domains = DEFAULT_DOMAINS,
    iterations,
    threads,
    set,
    kernels,
    profile,
    compile,
    memory,
    peakOf,
  } = options;
  const given = {
    '--preset': preset,
    '--image-size': imageSize,
    '--batch': batch,
    '--domains': domains,
    '--iterations': iterations,
    '--threads': threads,
    '--peak-of': peakOf,
  };
  const parameters = [
    ...Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)])),
    ...set.flatMap((assignment) => ['--set', assignment]),
    ...(kernels === true ? ['--kernels'] : []),
    ...(profile === true ? ['--profile'] : []),
    ...(compile === true ? ['--compile'] : []),
    ...(memory === true ? ['--memory'] : []),
  ];
  const { exitCode, signal, stdout, stderr } = await runProgram(process.execPath, [PROGRAM, ...parameters, '--json']);
  if (stderr !== '') console.error(stderr.trimEnd());
  if (exitCode !== 0)
    throw new Error(
      `the measured process ended with ${exitCode === null ? `signal ${signal}` : `exit code ${exitCode}`}; its message is above`,
    );
  return lastJson('the measured process', stdout) as unknown as IterationCost;
}
