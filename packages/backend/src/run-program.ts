import { isatty } from 'node:tty';
import { describeError } from './describe-error.js';
import { surviveLostOutput } from './survive-lost-output.js';

/**
 * Runs a program of the command line as every program of `@stargan` runs: it outlives its output, and an error is one
 * line on standard error and code 1. `STARGAN_DEBUG` adds where the error came from.
 *
 * @param main does the work; a number that it gives is the exit code, else the code that it set stays
 */
export async function runProgram(main: () => Promise<number | void>): Promise<void> {
  surviveLostOutput();
  surviveLostTerminal();
  try {
    const code = await main();
    if (typeof code === 'number') process.exitCode = code;
  } catch (error) {
    reportError(error);
    process.exitCode = 1;
  }
}

/**
 * Ends by SIGHUP, code 129, when the terminal has gone meanwhile: Node would abort at its end, for it cannot restore the
 * settings of a terminal that is not there.
 */
function surviveLostTerminal(): void {
  const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));
  process.on('exit', () => {
    if (terminals.every((descriptor) => isatty(descriptor))) return;
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
}

/**
 * Prints an error for people; with `STARGAN_DEBUG` set, also its stack.
 *
 * @param error whatever was thrown, an `Error` or not
 */
export function reportError(error: unknown): void {
  console.error(`error: ${describeError(error)}`);
  if (process.env.STARGAN_DEBUG && error instanceof Error) console.error(error.stack);
}
