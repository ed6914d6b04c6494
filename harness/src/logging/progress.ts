import { OBJECTIVE, type Losses } from '@stargan/training';
import { createTerminalBar } from './terminal-bar.js';

/** Shows how far training is. */
export interface Progress {
  update(iteration: number, losses: Losses | undefined): void;
  /** Prints a line of text without tearing the bar. */
  say(text: string): void;
  stop(): void;
}

/** Seconds as 42s, 3m10s or 2h05m. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number): string => `${n}`.padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h${two(Math.floor((whole % 3600) / 60))}m`;
}

/** The losses that tell most, by what they are called for short: discriminator, generator and its terms with latent guidance. */
const SHOWN: Readonly<Record<string, string>> = {
  D: 'D/latent_total',
  ...Object.fromEntries(OBJECTIVE.generator.map(({ name }) => [name === 'adv' ? 'G' : name, `G/latent_${name}`])),
};

/** The losses that tell most, shortened. */
export function summarizeLosses(losses: Losses | undefined): string {
  if (losses === undefined) return '';
  return Object.entries(SHOWN)
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
export function createProgress(start: number, total: number, output: NodeJS.WriteStream = process.stdout): Progress {
  return output.isTTY ? barProgress(start, total, output) : lineProgress(start, total, output);
}

function speedOf(start: number, began: number, iteration: number): number {
  return (iteration - start) / ((performance.now() - began) / 1000);
}

function describe(
  start: number,
  total: number,
  began: number,
  iteration: number,
  losses: Losses | undefined,
): { speed: string; left: string; losses: string } {
  const speed = speedOf(start, began, iteration);
  return {
    speed: Number.isFinite(speed) ? speed.toFixed(2) : '?',
    left: formatDuration((total - iteration) / speed),
    losses: summarizeLosses(losses),
  };
}

function barProgress(start: number, total: number, output: NodeJS.WriteStream): Progress {
  const began = performance.now();
  const bar = createTerminalBar('{bar} {value}/{total} | {speed} it/s | {left} left | {losses}', output);
  bar.update(start, total, { speed: '?', left: '?', losses: '' });
  return {
    update: (iteration, losses) => bar.update(iteration, total, describe(start, total, began, iteration, losses)),
    say: (text) => bar.say(text),
    stop: () => bar.stop(),
  };
}

const SECONDS_BETWEEN_LINES = 30;

function lineProgress(start: number, total: number, output: NodeJS.WriteStream): Progress {
  const began = performance.now();
  let printed = began;
  return {
    update(iteration, losses) {
      const now = performance.now();
      if (iteration !== total && now - printed < SECONDS_BETWEEN_LINES * 1000) return;
      printed = now;
      const { speed, left, losses: summary } = describe(start, total, began, iteration, losses);
      output.write(`iteration ${iteration}/${total} | ${speed} it/s | ${left} left | ${summary}\n`);
    },
    say: (text) => output.write(`${text}\n`),
    stop: () => undefined,
  };
}
