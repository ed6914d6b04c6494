import { createProgress } from './progress.js';

/** Shows how much of a file has been downloaded. */
export interface ByteProgress {
  /** Takes the bytes that are there, and all that there are, where that is known. */
  readonly update: (done: number, total: number | undefined) => void;
  /** Leaves the bar where it is. */
  readonly stop: () => void;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

/**
 * A progress bar in megabytes; without a terminal, a line every ten seconds.
 *
 * @param name of the file
 */
export function createByteProgress(name: string): ByteProgress {
  const progress = createProgress({
    bar: `${name} {bar} {megabytes} MB | {speed} MB/s`,
    line: `${name}: {megabytes} MB`,
    secondsBetweenLines: 10,
  });
  let began: { time: number; bytes: number } | undefined;
  return {
    update(done, total) {
      began ??= { time: performance.now(), bytes: done };
      const speed = megabytes((done - began.bytes) / Math.max((performance.now() - began.time) / 1000, 1e-3));
      const shown = total === undefined ? megabytes(done) : `${megabytes(done)}/${megabytes(total)}`;
      progress.update(done, total ?? done, { megabytes: shown, speed });
    },
    stop: () => progress.stop(),
  };
}
