import type { Command } from 'commander';
import { UsageError } from './usage-error.js';

/**
 * Refuses options and arguments with an empty value, such as `--out "$DIR"` of an unset variable: an empty path would
 * mean the working folder, and an empty number 0.
 *
 * @param command of commander, whose own options are checked
 */
export function refuseEmpty(command: Command): void {
  for (const option of command.options.filter(({ required, optional }) => required || optional)) {
    const { parseArg } = option;
    option.argParser<unknown>((value, previous) => {
      requireValue(option.long ?? option.flags, value);
      return parseArg === undefined ? value : parseArg(value, previous);
    });
  }
  command.hook('preAction', (_, called) => {
    if (called !== command) return;
    for (const [index, value] of called.args.entries()) requireValue(called.registeredArguments[index]?.name() ?? 'an argument', value);
  });
}

function requireValue(name: string, value: string): void {
  if (value.trim() === '') throw new UsageError(`${name} has no value; was a shell variable unset?`);
}
