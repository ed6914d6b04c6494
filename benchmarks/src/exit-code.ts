import { reportError } from '@stargan/backend';
import { UsageError } from '@stargan/harness';
import { CommanderError, type Command } from 'commander';

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

/** Runs a command line and sets the exit code: 0, 1 on failure, 2 on wrong usage. */
export async function runCommand(command: Command, argv: readonly string[]): Promise<void> {
  command.showHelpAfterError('(--help says more)').exitOverride();
  try {
    await command.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its message already; asking for help is no error.
      process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
      return;
    }
    reportError(error);
    process.exitCode = error instanceof UsageError ? EXIT_USAGE : EXIT_FAILURE;
  }
}
