import { Command } from 'commander';
import { writeReport } from '../report/write-report.js';
import { examples } from './examples.js';

/** `stargan report`. */
export function reportCommand(): Command {
  return new Command('report')
    .description("Write a run's report: one HTML file with its curves, pictures and numbers.")
    .requiredOption('--run <dir>', 'folder of the run (train --out)')
    .option('--json', 'print the path as JSON')
    .addHelpText('after', examples('stargan report --run runs/01'))
    .action(async ({ run, json = false }: { run: string; json?: boolean }) => {
      const report = await writeReport(run);
      console.log(json ? JSON.stringify({ report }) : report);
    });
}
