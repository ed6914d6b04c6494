import { formatDuration } from '../logging/format.js';
import { createTerminalBar } from '../logging/terminal-bar.js';

/** Shows how far an evaluation is. */
export interface EvaluationProgress {
  update(done: number, total: number): void;
  stop(): void;
}

const SECONDS_BETWEEN_LINES = 30;

/** Tells seconds that are left at the speed since its first call: what was kept from before cost nothing. */
function countdown(): (done: number, total: number) => number {
  let first: { time: number; done: number } | undefined;
  return (done, total) => {
    first ??= { time: performance.now(), done };
    return ((total - done) * (performance.now() - first.time)) / 1000 / (done - first.done);
  };
}

/**
 * A progress bar with images and time left; without a terminal, a line every half minute.
 *
 * @param output where it is shown
 */
export function createEvaluationProgress(output: NodeJS.WriteStream = process.stderr): EvaluationProgress {
  return output.isTTY ? barProgress(output) : lineProgress((line) => output.write(`${line}\n`));
}

/** A line every half minute. @param say prints it */
export function lineProgress(say: (line: string) => void): EvaluationProgress {
  const secondsLeft = countdown();
  let printed: number | undefined;
  return {
    update(done, total) {
      const left = secondsLeft(done, total);
      const now = performance.now();
      // From the first image: what came before it says nothing of the time that is left.
      printed ??= now;
      if (now - printed < SECONDS_BETWEEN_LINES * 1000) return;
      printed = now;
      say(`evaluation: ${done}/${total} images | ${formatDuration(left)} left`);
    },
    stop: () => undefined,
  };
}

function barProgress(output: NodeJS.WriteStream): EvaluationProgress {
  const secondsLeft = countdown();
  const bar = createTerminalBar('evaluation {bar} {value}/{total} images | {left} left', output);
  return {
    update: (done, total) => bar.update(done, total, { left: formatDuration(secondsLeft(done, total)) }),
    stop: () => bar.stop(),
  };
}
