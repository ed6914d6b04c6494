import { formatCount } from '@stargan/data/inspection';
import { createProgress, type Progress } from '@stargan/command-line';

/** The progress of one stage after another. */
export function stageProgress(): { update: (stage: string, done: number, total: number) => void; stop: () => void } {
  let shown: { stage: string; progress: Progress } | undefined;
  return {
    update(stage, done, total) {
      if (shown?.stage !== stage) {
        shown?.progress.stop();
        const bar = `{bar} {value}/{total} ${stage} | {eta_formatted} left`;
        shown = { stage, progress: createProgress({ bar, line: `{done}/{all} ${stage}`, secondsBetweenLines: 10 }) };
      }
      shown.progress.update(done, total, { done: formatCount(done), all: formatCount(total) });
    },
    stop: () => shown?.progress.stop(),
  };
}
