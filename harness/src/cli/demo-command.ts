import { Command } from 'commander';
import { drawDemoImages, runDemo } from '../demo/run-demo.js';
import { startRuntime } from './runtime.js';
import { stopSignal } from './stop-signal.js';

/** `stargan demo`. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Draw a small data set, train on it for some minutes, measure the result and write a report.')
    .option('--out <dir>', 'where everything goes', 'demo')
    .option('--images-only', 'draw the data set and stop, for trainings of your own')
    .action(async ({ out, imagesOnly = false }: { out: string; imagesOnly?: boolean }) => {
      if (imagesOnly) {
        await drawDemoImages(out);
        return;
      }
      // Convolutions of the demo's size lose more to waking a second thread than they gain (0.35 s an iteration
      // instead of 0.27 s on two cores), and decoding has a core of its own this way.
      await startRuntime({ threads: 1 });
      const { signal, release } = stopSignal();
      try {
        await runDemo(out, signal);
      } finally {
        release();
      }
    });
}
