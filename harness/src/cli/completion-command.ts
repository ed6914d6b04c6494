import { completionScript, type Shell, shells } from '@stargan/command-line';
import { Argument, Command } from 'commander';
import { PRESETS, CONFIG_KEYS } from '@stargan/run';
import { examples } from './examples.js';

/** `stargan completion`. */
export function completionCommand(): Command {
  const command = new Command('completion')
    .description('Print a script that completes commands, options and config keys in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .addHelpText(
      'after',
      examples('source <(stargan completion bash)', 'source <(stargan completion zsh)', 'stargan completion fish | source'),
    );
  return command.action((shell: Shell) => {
    const values = { '--preset': Object.keys(PRESETS), '--set': CONFIG_KEYS.map((key) => `${key}=`) };
    process.stdout.write(completionScript(command.parent!, shell, values));
  });
}
