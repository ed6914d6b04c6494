import cliProgress from 'cli-progress';

/** Shows the cursor and wraps lines again, which a bar switches off while it is shown. */
const RESTORE = '\x1B[?25h\x1B[?7h';

/** Terminals with a bar on them. */
const occupied = new Set<NodeJS.WriteStream>();

/** A progress bar on a terminal. */
export interface TerminalBar {
  /** Draws the bar; the first call starts it. */
  update(value: number, total: number, shown: Readonly<Record<string, string>>): void;
  /** Prints a line above the bar. */
  log(text: string): void;
  /** Leaves the bar on a line of its own. */
  stop(): void;
}

/**
 * A bar that restores the terminal however the process ends: by `process.exit`, an uncaught error, or normally.
 *
 * @param format of cli-progress, with names of what {@link TerminalBar.update} shows in braces
 * @param output a terminal
 */
export function createTerminalBar(format: string, output: NodeJS.WriteStream): TerminalBar {
  let bar: cliProgress.SingleBar | undefined;
  let last: Parameters<TerminalBar['update']> | undefined;
  const open = (clear: boolean): cliProgress.SingleBar =>
    new cliProgress.SingleBar(
      // Signals are the command's to answer: by itself the bar would leave the screen at the first one.
      { format, hideCursor: true, barsize: 20, linewrap: false, stream: output, gracefulExit: false, clearOnComplete: clear },
      cliProgress.Presets.shades_classic,
    );
  const draw = (clear = true): void => {
    if (last === undefined) return;
    const [value, total, shown] = last;
    bar = open(clear);
    if (occupied.size === 0) process.on('exit', restoreTerminals);
    occupied.add(output);
    bar.start(total, value, shown);
  };
  const erase = (): void => {
    bar?.stop();
    bar = undefined;
    occupied.delete(output);
    if (occupied.size === 0) process.off('exit', restoreTerminals);
  };
  return {
    update(value, total, shown) {
      last = [value, total, shown];
      if (bar === undefined) draw();
      bar!.setTotal(total);
      bar!.update(value, shown);
    },
    log(text) {
      erase();
      output.write(`${text}\n`);
      draw();
    },
    stop() {
      if (bar === undefined) return;
      erase();
      draw(false);
      erase();
    },
  };
}

/** Restores every terminal that has a bar on it. */
function restoreTerminals(): void {
  for (const output of occupied) output.write(`${RESTORE}\n`);
}
