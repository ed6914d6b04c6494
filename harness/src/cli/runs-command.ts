import { Command } from 'commander';
import { describeRunList, listRuns } from '@stargan/run';
import { examples } from './examples.js';
import { RUNS_FOLDER } from './numbered-run.js';
import { requireFolder } from './folders.js';

/** `stargan runs`. */
export function runsCommand(): Command {
  return new Command('runs')
    .description('List the runs of a folder: state, iterations, best score, how long nothing has happened, size.')
    .argument('[dir]', 'folder of the runs', RUNS_FOLDER)
    .option('--json', 'print the list as JSON')
    .addHelpText('after', examples('stargan runs', 'stargan runs ablation --json | jq \'.runs[] | select(.state == "failed")\''))
    .action(async (directory: string, { json = false }: { json?: boolean }) => {
      await requireFolder('dir', directory);
      const list = await listRuns(directory);
      const text = describeRunList(list);
      console.log(json ? JSON.stringify(list, null, 2) : text === '' ? `there are no runs in ${directory}` : text);
    });
}
