import { type Diagnosis, inspectMachine, memoryBudget, type PlannedRuntime } from '@stargan/backend';
import { fitTraining } from '@stargan/training/planning';
import { Command, InvalidArgumentError, Option } from 'commander';
import { resolveConfig } from '@stargan/run';
import { describeFit, optionsOf } from '../planning/describe-fit.js';
import { examples } from './examples.js';
import { wholeNumber } from '@stargan/command-line';
import { collect } from './training-options.js';

/** Options of `stargan plan`. */
export interface PlanArguments {
  json?: boolean;
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

/** The options that say which training is planned. */
export const planOptions = (): Option[] => [
  new Option('--preset <name>', 'start from a named configuration'),
  new Option('--config <file>', 'JSON file of config values'),
  new Option('--image-size <pixels>', 'height and width of the images').argParser(wholeNumber),
  new Option('--batch <n>', 'images per update').argParser(wholeNumber),
  new Option('--domains <n>', 'number of domains').argParser(domainCount).default(2),
  new Option('--set <key=value>', 'any other config value; may be given several times').argParser(collect),
];

/** `stargan plan`. */
export function planCommand(): Command {
  const command = new Command('plan').description('Predict how much memory a training will take, and say whether it fits and what would.');
  for (const option of planOptions()) command.addOption(option);
  return command
    .option('--json', 'print the plan as JSON')
    .addHelpText(
      'after',
      examples('stargan plan --image-size 256 --batch 8 --domains 3', 'stargan plan --preset afhq --set maxWidth=256 --json | jq .plan'),
    )
    .action(printPlan);
}

/** The runtime that a training would have; where there is none, that which `stargan-backend install` makes. */
export const usedRuntime = ({ runtimes }: Diagnosis): PlannedRuntime =>
  runtimes.find(({ available }) => available) ?? { kind: 'native-cpu', fusedKernels: { available: true } };

/** Plans a training and prints what it takes, what there is, and what would fit. */
export async function printPlan({ json = false, preset, config: file, imageSize, batch, domains, set = [] }: PlanArguments): Promise<void> {
  const config = await resolveConfig({
    preset,
    file,
    overrides: { imageSize, batch },
    assignments: set,
    log: (line) => console.error(`note: ${line}`),
  });
  const runtime = usedRuntime(await inspectMachine());
  const budget = await memoryBudget(runtime);
  const fit = fitTraining(config, domains, budget, { largerBatches: true });
  const { runtimeBytes, availableBytes, place, kernels } = budget;
  console.log(
    json
      ? JSON.stringify(
          { ...fit, remedies: fit.remedies.map(optionsOf), runtime: runtime.kind, kernels, place, runtimeBytes, availableBytes },
          null,
          2,
        )
      : describeFit(config, domains, fit, budget),
  );
}
