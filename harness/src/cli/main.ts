import { Command, CommanderError } from 'commander';
import { UsageError } from '../usage-error.js';
import { datasetCommand } from './dataset-command.js';
import { demoCommand } from './demo-command.js';
import { doctorCommand } from './doctor-command.js';
import { evaluateCommand } from './evaluate-command.js';
import { ladderCommand } from './ladder-command.js';
import { pairsCommand } from './pairs-command.js';
import { reportCommand } from './report-command.js';
import { sampleCommand } from './sample-command.js';
import { trainCommand } from './train-command.js';
import { weightsCommand } from './weights-command.js';

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

/** The `stargan` command. Sets the exit code: 0, 1 on failure, 2 on wrong usage. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('stargan')
    .description('Train, sample, evaluate and inspect StarGAN v2: translate images between domains, with a choice of styles.')
    .showSuggestionAfterError()
    .showHelpAfterError('(--help says more)');
  const commands = [
    trainCommand(), sampleCommand(), evaluateCommand(), reportCommand(), ladderCommand(), pairsCommand(), datasetCommand(), demoCommand(), weightsCommand(), doctorCommand(),
  ];
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  for (const command of withSubcommands(program)) command.exitOverride();
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its message already; asking for help is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  if (process.env.STARGAN_DEBUG !== undefined && error instanceof Error) console.error(error.stack);
  return error instanceof UsageError ? EXIT_USAGE : EXIT_FAILURE;
}
