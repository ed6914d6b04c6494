import { refuseEmpty } from '@stargan/command-line';
import { readFile } from 'node:fs/promises';
import { reportError } from '@stargan/backend';
import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { configKeys } from '@stargan/run';
import { isUsageError } from '../usage-error.js';
import { ablationCommand, ladderCommand } from './ablation-command.js';
import { compareCommand } from './compare-command.js';
import { completionCommand } from './completion-command.js';
import { datasetCommand } from './dataset-command.js';
import { demoCommand } from './demo-command.js';
import { doctorCommand } from './doctor-command.js';
import { evaluateCommand } from './evaluate-command.js';
import { examples } from './examples.js';
import { exportCommand } from './export-command.js';
import { importCommand } from './import-command.js';
import { pairsCommand } from './pairs-command.js';
import { planCommand } from './plan-command.js';
import { reportCommand } from './report-command.js';
import { runsCommand } from './runs-command.js';
import { sampleCommand } from './sample-command.js';
import { styleCommand } from './style-command.js';
import { trainCommand } from './train-command.js';
import { translateCommand } from './translate-command.js';
import { videoCommand } from './video-command.js';
import { weightsCommand } from './weights-command.js';

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

/** The `stargan` command. Sets the exit code: 0, 1 on failure, 2 on wrong usage, that of a signal when stopped. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await createProgram(await readVersion(), argv[0]).parseAsync([...argv], { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

/**
 * All commands and their options.
 *
 * @param version that `--version` prints
 * @param called name of the command that is called, for hints
 */
export function createProgram(version: string, called?: string): Command {
  const program = new Command('stargan')
    .description('Train, sample, evaluate and inspect StarGAN v2: translate images between domains, with a choice of styles.')
    .version(version, '-V, --version', 'print the version')
    .option('--debug', 'print where an error came from, as STARGAN_DEBUG=1 does')
    .on('option:debug', () => (process.env.STARGAN_DEBUG = '1'))
    .addHelpText(
      'after',
      examples(
        'stargan demo',
        'stargan train --data photos --out runs/01 --preset afhq --image-size 128',
        'stargan sample --run runs/01',
        'stargan train --help',
      ),
    )
    .showSuggestionAfterError()
    .configureOutput({
      outputError: (text, write) => write(`${text.trim().replaceAll('\n', ' ')}${configHint(text, called)} (--help says more)\n`),
    });
  const commands = [
    trainCommand(),
    sampleCommand(),
    translateCommand(),
    videoCommand(),
    styleCommand(),
    evaluateCommand(),
    compareCommand(),
    reportCommand(),
    runsCommand(),
    ablationCommand(),
    pairsCommand(),
    datasetCommand(),
    demoCommand(),
    weightsCommand(),
    importCommand(),
    exportCommand(),
    planCommand(),
    doctorCommand(),
    completionCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  program.addCommand(ladderCommand(), { hidden: true });
  for (const command of withSubcommands(program)) {
    if (command !== program) command.copyInheritedSettings(program);
    command.exitOverride();
    refuseEmpty(command);
  }
  return program;
}

/** A command with all below it. */
export function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Commands that take config values. */
const CONFIGURABLE: readonly (string | undefined)[] = ['train', 'ablation', 'ladder', 'pairs', 'plan', 'doctor'];

/** How an unknown option is set that is a config value. */
function configHint(message: string, command: string | undefined): string {
  const name = /unknown option '--([^'=]+)/.exec(message)?.[1];
  const key = name === undefined || !CONFIGURABLE.includes(command) ? undefined : configKeys.find(name);
  return key === undefined ? '' : ` (a config value is set with --set ${key}=VALUE)`;
}

/** The version in this package's package.json. */
async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its message already; asking for help is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  reportError(error);
  return isUsageError(error) ? EXIT_USAGE : EXIT_FAILURE;
}
