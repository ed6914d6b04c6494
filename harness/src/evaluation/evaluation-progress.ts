import { formatDuration, createProgress, progressLines, type Progress } from '@stargan/command-line';

/** Shows how far an evaluation is. */
export interface EvaluationProgress {
  update(done: number, total: number): void;
  stop(): void;
}

const LINE = 'evaluation: {value}/{total} images | {left} left';

/** A progress bar with images and time left; without a terminal, a line every half minute. @param output where it is shown */
export function createEvaluationProgress(output: NodeJS.WriteStream = process.stderr): EvaluationProgress {
  return withTimeLeft(() => createProgress({ bar: 'evaluation {bar} {value}/{total} images | {left} left', line: LINE, output }));
}

/** A line every half minute. @param print prints it */
export function lineProgress(print: (line: string) => void): EvaluationProgress {
  return withTimeLeft(() => progressLines({ line: LINE }, print));
}

/** Tells the time that is left at the speed since the first image: the time before it says nothing about the rest, and what was kept from before cost nothing. */
function withTimeLeft(create: () => Progress): EvaluationProgress {
  let first: { time: number; done: number; progress: Progress } | undefined;
  return {
    update(done, total) {
      first ??= { time: performance.now(), done, progress: create() };
      const left = ((total - done) * (performance.now() - first.time)) / 1000 / (done - first.done);
      first.progress.update(done, total, { left: formatDuration(left) });
    },
    stop: () => first?.progress.stop(),
  };
}
