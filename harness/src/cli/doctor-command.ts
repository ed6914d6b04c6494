import { formatDiagnosis, inspectMachine } from '@stargan/backend';
import { Command, InvalidArgumentError } from 'commander';
import { resolveConfig } from '../config/resolve.js';
import { describeFit } from '../planning/describe-fit.js';
import { fitTraining } from '../planning/fit.js';
import { memoryBudget } from '../planning/memory-budget.js';
import { examples } from './examples.js';
import { wholeNumber } from './numbers.js';
import { collect } from './training-options.js';

interface DoctorArguments {
  json?: boolean;
  plan?: boolean;
  preset?: string;
  config?: string;
  imageSize?: number;
  batch?: number;
  domains: number;
  set?: string[];
}

/** Domains beyond this are a mistake, and would be planned for hours. */
const MOST_DOMAINS = 10_000;

function domainCount(text: string): number {
  const count = wholeNumber(text);
  if (count < 1 || count > MOST_DOMAINS) throw new InvalidArgumentError(`--domains must be at least 1 and at most ${MOST_DOMAINS}.`);
  return count;
}

/** `stargan doctor`. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Say which runtime, devices and memory there are, and what to do about what is not well.')
    .option('--plan', 'instead, predict how much memory a training will take, and say whether it fits')
    .option('--preset <name>', 'with --plan: start from a named configuration')
    .option('--config <file>', 'with --plan: JSON file of config values')
    .option('--image-size <pixels>', 'with --plan: height and width of the images', wholeNumber)
    .option('--batch <n>', 'with --plan: images per update', wholeNumber)
    .option('--domains <n>', 'with --plan: number of domains', domainCount, 2)
    .option('--set <key=value>', 'with --plan: any other config value; may be given several times', collect)
    .option('--json', 'print the findings as JSON')
    .addHelpText(
      'after',
      examples('stargan doctor', 'stargan doctor --plan --image-size 256 --batch 8 --domains 3', 'stargan doctor --json | jq .findings'),
    )
    .action((options: DoctorArguments) => (options.plan === true ? planMemory(options) : diagnose(options)));
}

async function diagnose({ json = false }: DoctorArguments): Promise<void> {
  const diagnosis = await inspectMachine();
  console.log(json ? JSON.stringify(diagnosis, null, 2) : formatDiagnosis(diagnosis));
}

async function planMemory({ json = false, preset, config: file, imageSize, batch, domains, set = [] }: DoctorArguments): Promise<void> {
  const config = await resolveConfig({
    preset,
    file,
    overrides: { imageSize, batch },
    assignments: set,
    say: (line) => console.error(`note: ${line}`),
  });
  const { runtimes } = await inspectMachine();
  // Without any runtime the plan is for the one that `stargan-backend install` makes.
  const runtime = runtimes.find(({ available }) => available) ?? { kind: 'native-cpu', fusedKernels: { available: true } };
  const budget = await memoryBudget(runtime);
  const fit = fitTraining(config, domains, budget, { largerBatches: true });
  const { runtimeBytes, availableBytes, place, kernels } = budget;
  console.log(
    json
      ? JSON.stringify({ ...fit, runtime: runtime.kind, kernels, place, runtimeBytes, availableBytes }, null, 2)
      : describeFit(config, domains, fit, budget),
  );
}
