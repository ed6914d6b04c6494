import { createTerminalBar } from './terminal-bar.js';

/** Shows how far something is. */
export interface Progress {
  /**
   * Shows how far it is now.
   *
   * @param value how much is done
   * @param total how much there is
   * @param shown values of the other names in the formats
   */
  update(value: number, total: number, shown?: Readonly<Record<string, string>>): void;
  /**
   * Prints a line of text without tearing the bar.
   *
   * @param line without its end
   */
  log(line: string): void;
  /** Leaves the bar where it is. */
  stop(): void;
}

/** What {@link createProgress} shows, where and how often. */
export interface ProgressOptions {
  /** The bar on a terminal, in cli-progress's format: names in braces are replaced. */
  readonly bar: string;
  /** The line that is printed now and then where there is no terminal: `{value}`, `{total}` and other names in braces are replaced. */
  readonly line: string;
  /** Seconds between two such lines. Default 30. */
  readonly secondsBetweenLines?: number;
  /** Whether the last value is printed in any case. Default false. */
  readonly printsLast?: boolean;
  /** Standard error by default. */
  readonly output?: NodeJS.WriteStream;
}

/** A progress bar; without a terminal, a line now and then. */
export function createProgress(options: ProgressOptions): Progress {
  const { bar: format, output = process.stderr } = options;
  if (!output.isTTY) return progressLines(options, (line) => output.write(`${line}\n`));
  const bar = createTerminalBar(format, output);
  return { update: (value, total, shown = {}) => bar.update(value, total, shown), log: (line) => bar.log(line), stop: () => bar.stop() };
}

/**
 * A line now and then, handed to `print`.
 *
 * @param print takes a line without its end
 */
export function progressLines(
  { line, secondsBetweenLines = 30, printsLast = false }: Omit<ProgressOptions, 'bar' | 'output'>,
  print: (line: string) => void,
): Progress {
  let printed = performance.now();
  return {
    update(value, total, shown = {}) {
      const now = performance.now();
      if (now - printed < secondsBetweenLines * 1000 && !(printsLast && value === total)) return;
      printed = now;
      const values: Readonly<Record<string, string>> = { value: `${value}`, total: `${total}`, ...shown };
      print(line.replace(/\{(\w+)\}/g, (name, key: string) => values[key] ?? name));
    },
    log: print,
    stop: () => undefined,
  };
}
