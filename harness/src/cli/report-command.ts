import { Command } from 'commander';
import { writeReport } from '../report/write-report.js';

/** `stargan report`. */
export function reportCommand(): Command {
  return new Command('report')
    .description("Write a run's report: one HTML file with its curves, pictures and numbers.")
    .requiredOption('--run <dir>', 'folder of the run (train --out)')
    .action(async ({ run }: { run: string }) => {
      console.log(await writeReport(run));
    });
}
