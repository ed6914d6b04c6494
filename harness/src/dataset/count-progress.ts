import { createTerminalBar } from '../logging/terminal-bar.js';
import { count } from './describe-dataset.js';

/** Shows how many of something are done. */
export interface CountProgress {
  update(done: number): void;
  stop(): void;
}

const SECONDS_BETWEEN_LINES = 10;

/**
 * A progress bar; without a terminal, a line every ten seconds.
 *
 * @param what is done, such as `images read`
 * @param output where it is shown
 */
export function createCountProgress(what: string, total: number, output: NodeJS.WriteStream = process.stderr): CountProgress {
  if (output.isTTY) {
    const bar = createTerminalBar(`{bar} {value}/{total} ${what} | {eta_formatted} left`, output);
    return { update: (done) => bar.update(done, total, {}), stop: () => bar.stop() };
  }
  let printed = performance.now();
  return {
    update(done) {
      const now = performance.now();
      if (now - printed < SECONDS_BETWEEN_LINES * 1000) return;
      printed = now;
      output.write(`${count(done)}/${count(total)} ${what}\n`);
    },
    stop: () => undefined,
  };
}
