import { formatDiagnosis, inspectMachine } from '@stargan/backend';
import { Command, Option } from 'commander';
import { examples } from './examples.js';
import { planOptions, printPlan, type PlanArguments } from './plan-command.js';

interface DoctorArguments extends PlanArguments {
  plan?: boolean;
}

/** `stargan doctor`. */
export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('Say which runtime, devices and memory there are, and what to do about what is not well.')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', examples('stargan doctor', 'stargan doctor --json | jq .findings'));
  // The name of `stargan plan` before it was a command, with its options.
  for (const option of [new Option('--plan', 'the same as stargan plan'), ...planOptions()]) command.addOption(option.hideHelp());
  return command.action(async ({ plan = false, ...options }: DoctorArguments) => {
    if (!plan) return diagnose(options);
    await printPlan(options);
    console.error('note: doctor --plan is now stargan plan');
  });
}

async function diagnose({ json = false }: Pick<DoctorArguments, 'json'>): Promise<void> {
  const diagnosis = await inspectMachine();
  console.log(json ? JSON.stringify(diagnosis, null, 2) : formatDiagnosis(diagnosis));
}
