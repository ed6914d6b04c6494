import { createTerminalBar } from '../logging/terminal-bar.js';

/** Shows how much of a file has come. */
export interface ByteProgress {
  readonly update: (done: number, total: number | undefined) => void;
  readonly stop: () => void;
}

const MEGABYTE = 1e6;
const SECONDS_BETWEEN_LINES = 10;

const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(1);

/**
 * A progress bar in megabytes; without a terminal, a line every ten seconds.
 *
 * @param name of what comes
 * @param output where it is shown
 */
export function createByteProgress(name: string, output: NodeJS.WriteStream = process.stderr): ByteProgress {
  return output.isTTY ? barProgress(name, output) : lineProgress(name, output);
}

function barProgress(name: string, output: NodeJS.WriteStream): ByteProgress {
  const bar = createTerminalBar(`${name} {bar} {megabytes} MB | {speed} MB/s`, output);
  let began: { time: number; bytes: number } | undefined;
  return {
    update(done, total) {
      began ??= { time: performance.now(), bytes: done };
      const speed = megabytes((done - began.bytes) / Math.max((performance.now() - began.time) / 1000, 1e-3));
      const shown = { megabytes: total === undefined ? megabytes(done) : `${megabytes(done)}/${megabytes(total)}`, speed };
      bar.update(done, total ?? done, shown);
    },
    stop: () => bar.stop(),
  };
}

function lineProgress(name: string, output: NodeJS.WriteStream): ByteProgress {
  let printed = performance.now();
  return {
    update(done, total) {
      const now = performance.now();
      if (now - printed < SECONDS_BETWEEN_LINES * 1000) return;
      printed = now;
      output.write(`${name}: ${megabytes(done)}${total === undefined ? '' : ` of ${megabytes(total)}`} MB\n`);
    },
    stop: () => undefined,
  };
}
