import { formatDuration } from '../logging/format.js';
import { createTerminalBar } from '../logging/terminal-bar.js';

/** Shows how far an evaluation is. */
export interface EvaluationProgress {
  update(done: number, total: number): void;
  stop(): void;
}

const SECONDS_BETWEEN_LINES = 30;

/** Tells the time that is left at the speed since its first call: what was kept from before cost nothing. */
function countdown(): (done: number, total: number) => string {
  let first: { time: number; done: number } | undefined;
  return (done, total) => {
    first ??= { time: performance.now(), done };
    return formatDuration(((total - done) * (performance.now() - first.time)) / 1000 / (done - first.done));
  };
}

/** A progress bar with images and time left; without a terminal, a line every half minute. @param output where it is shown */
export function createEvaluationProgress(output: NodeJS.WriteStream = process.stderr): EvaluationProgress {
  if (!output.isTTY) return lineProgress((line) => output.write(`${line}\n`));
  const timeLeft = countdown();
  const bar = createTerminalBar('evaluation {bar} {value}/{total} images | {left} left', output);
  return { update: (done, total) => bar.update(done, total, { left: timeLeft(done, total) }), stop: () => bar.stop() };
}

/** A line every half minute. @param say prints it */
export function lineProgress(say: (line: string) => void): EvaluationProgress {
  const timeLeft = countdown();
  let printed: number | undefined;
  return {
    update(done, total) {
      const left = timeLeft(done, total);
      const now = performance.now();
      // From the first image on: the time before it says nothing about the rest.
      printed ??= now;
      if (now - printed < SECONDS_BETWEEN_LINES * 1000) return;
      printed = now;
      say(`evaluation: ${done}/${total} images | ${left} left`);
    },
    stop: () => undefined,
  };
}
