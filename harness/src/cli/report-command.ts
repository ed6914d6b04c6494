import { once } from 'node:events';
import { runStoppable, portNumber } from '@stargan/command-line';
import { Command } from 'commander';
import { watchReport } from '../report/watch-report.js';
import { writeReport } from '../report/write-report.js';
import { examples } from './examples.js';

interface ReportArguments {
  run: string;
  watch?: boolean;
  port?: number;
  json?: boolean;
}

/** `stargan report`. */
export function reportCommand(): Command {
  return new Command('report')
    .description("Write a run's report: one HTML file with its curves, pictures and numbers; or show it live while the run is trained.")
    .requiredOption('--run <dir>', 'folder of the run (train --out)')
    .option('--watch', 'serve the report to browsers of this machine, where it follows the training, until Ctrl-C')
    .option('--port <n>', 'port of --watch; the first that is free from 6060 on by default, 0 for any', portNumber)
    .option('--json', 'print the path, or the address, as JSON')
    .addHelpText('after', examples('stargan report --run runs/01', 'stargan report --run runs/01 --watch'))
    .action(async ({ run, watch = false, port, json = false }: ReportArguments) => {
      if (watch) return watchUntilStopped(run, port, json);
      const report = await writeReport(run);
      console.log(json ? JSON.stringify({ report }) : report);
    });
}

async function watchUntilStopped(run: string, port: number | undefined, json: boolean): Promise<void> {
  await runStoppable('the report is no longer served', async (signal) => {
    const report = await watchReport(run, port);
    console.log(json ? JSON.stringify({ url: report.url }) : `${report.url} shows ${run} and follows it; Ctrl-C ends`);
    try {
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      await report.close();
    }
    return 'stopped';
  });
}
