import { formatDiagnosis, inspectMachine } from '@stargan/backend';
import { Command } from 'commander';

/** `stargan doctor`. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Say which runtime, devices and memory there are, and what to do about what is not well.')
    .option('--json', 'print the findings as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const diagnosis = await inspectMachine();
      console.log(json ? JSON.stringify(diagnosis, null, 2) : formatDiagnosis(diagnosis));
    });
}
