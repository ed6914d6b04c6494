import { runStoppable } from '@stargan/command-line';
import { Command } from 'commander';
import { drawDemoImages, runDemo } from '../demo/run-demo.js';
import { examples } from './examples.js';
import { requireWritable } from './folders.js';
import { startRuntime } from './runtime.js';

/** `stargan demo`. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Draw a small data set, train on it for a few minutes, measure the result and write a report.')
    .option('--out <dir>', 'where everything is written', 'demo')
    .option('--images-only', 'only draw the data set, for your own trainings')
    .addHelpText('after', examples('stargan demo', 'stargan demo --out pictures --images-only'))
    .action(async ({ out, imagesOnly = false }: { out: string; imagesOnly?: boolean }) => {
      await requireWritable('--out', out);
      if (imagesOnly) {
        await drawDemoImages(out);
        return;
      }
      await runStoppable('stopping after this iteration, and saving', async (signal) => {
        // Convolutions of the demo's size lose more to waking a second thread than they gain (0.35 s an iteration
        // instead of 0.27 s on two cores), and decoding has a core of its own this way.
        await startRuntime({ threads: 1 });
        await runDemo(out, signal);
        return signal.aborted ? 'stopped' : 'completed';
      });
    });
}
