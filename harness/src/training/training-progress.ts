import { OBJECTIVE, type Losses } from '@stargan/training';
import { formatDuration, createProgress } from '@stargan/command-line';

/** Shows how far a training is. */
export interface TrainingProgress {
  update(iteration: number, losses: Losses | undefined): void;
  /** Prints a line of text without tearing the bar. */
  log(line: string): void;
  stop(): void;
}

/** The most telling losses by their short names: the discriminator's, and the generator's terms with latent guidance. */
const SHOWN_LOSSES: Readonly<Record<string, string>> = {
  D: 'D/latent_total',
  ...Object.fromEntries(OBJECTIVE.generator.map(({ name }) => [name === 'adv' ? 'G' : name, `G/latent_${name}`])),
};

/** The most telling losses in one line. */
export function summarizeLosses(losses: Losses | undefined): string {
  if (losses === undefined) return '';
  return Object.entries(SHOWN_LOSSES)
    .flatMap(([short, name]) => (losses[name] === undefined ? [] : [`${short} ${losses[name].toFixed(2)}`]))
    .join(' ');
}

/**
 * A progress bar with iterations per second, time left and losses; without a terminal, a line every half minute.
 *
 * @param start iterations already done
 * @param total iterations of the whole run
 * @param output where it is shown
 */
export function createTrainingProgress(start: number, total: number, output: NodeJS.WriteStream = process.stdout): TrainingProgress {
  const began = performance.now();
  const format = '{value}/{total} | {speed} it/s | {left} left | {losses}';
  const progress = createProgress({ bar: `{bar} ${format}`, line: `iteration ${format}`, printsLast: true, output });
  if (output.isTTY) progress.update(start, total, { speed: '?', left: '?', losses: '' });
  return {
    update(iteration, losses) {
      const speed = (iteration - start) / ((performance.now() - began) / 1000);
      progress.update(iteration, total, {
        speed: Number.isFinite(speed) ? speed.toFixed(2) : '?',
        left: formatDuration((total - iteration) / speed),
        losses: summarizeLosses(losses),
      });
    },
    log: (line) => progress.log(line),
    stop: () => progress.stop(),
  };
}
