import { FITS, type Fit } from '@stargan/translation';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { formatDuration, createProgress, positiveNumber, wholeNumber } from '@stargan/command-line';
import { checkpointChoice, type CheckpointChoice } from './checkpoint-option.js';

/** Options of commands that use a trained run, and what they say about styles. */
export interface StyleArguments {
  run: string;
  checkpoint?: CheckpointChoice;
  to?: readonly string[];
  seed?: readonly number[];
  count?: number;
  reference?: readonly string[];
  style?: readonly string[];
  psi: number;
  fit: Fit;
  overwrite?: boolean;
  json?: boolean;
}

/** Values of an option that may be given several times. */
const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const seeds = (text: string, before: readonly number[] = []): readonly number[] => [...before, wholeNumber(text)];

function truncation(text: string): number {
  const psi = Number(text);
  if (text.trim() === '' || !Number.isFinite(psi) || psi < 0) throw new InvalidArgumentError('a number ≥ 0 is needed.');
  return psi;
}

/**
 * Adds the options that name a run and styles.
 *
 * @param command that has them in front of its own
 * @param defaults what is said of the domains and the number of styles by default
 */
export function addStyleOptions(command: Command, defaults: { readonly to: string; readonly count: string }): Command {
  return command
    .requiredOption('--run <dir>', 'folder of the run (train --out), or of one of its checkpoints')
    .option('--checkpoint <iteration>', "iteration of the checkpoint, or 'best'; the newest by default", checkpointChoice)
    .option('--to <domain>', `domain to translate to; may be repeated${defaults.to}`, collected)
    .option('--seed <n>', 'seed of a random style (default: 1); may be repeated', seeds)
    .option('--count <n>', `so many random styles of each domain, from the seed on (default: ${defaults.count})`, positiveNumber)
    .option('--reference <images...>', 'pictures of the domain whose styles are taken, or folders of them', collected)
    .option('--style <files...>', 'styles that translate --save-style or stargan style wrote', collected)
    .option('--psi <number>', 'how far styles are drawn towards the mean of their domain: 1 not at all, 0 to the mean', truncation, 1)
    .addOption(
      new Option('--fit <how>', 'pictures that are not square: crop to the middle, stretch to a square and back, or pad and cut off again')
        .choices(FITS)
        .default('crop'),
    )
    .option('--json', 'print the result as JSON');
}

/** A progress bar with the time that is left at the speed so far. */
export function createTimedProgress(
  doing: string,
  what: string,
): { update: (done: number, total: number) => void; log: (line: string) => void; stop: () => void } {
  const shown = `{value}/{total} ${what} | {left} left`;
  const progress = createProgress({ bar: `${doing} {bar} ${shown}`, line: `${doing}: ${shown}` });
  const began = performance.now();
  return {
    update(done, total) {
      const left = (((performance.now() - began) / done) * (total - done)) / 1000;
      progress.update(done, total, { left: formatDuration(left) });
    },
    log: (line) => progress.log(line),
    stop: () => progress.stop(),
  };
}
