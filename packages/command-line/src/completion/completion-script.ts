import type { Command } from 'commander';
import { bashCompletion } from './bash.js';
import { commandTree, type CompletedCommand, type OptionValues } from './command-tree.js';
import { fishCompletion } from './fish.js';
import { zshCompletion } from './zsh.js';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } satisfies Record<
  string,
  (name: string, program: CompletedCommand) => string
>;

/** A shell that {@link completionScript} knows. */
export type Shell = keyof typeof SCRIPTS;

/** The shells that {@link completionScript} knows. */
export const shells = Object.keys(SCRIPTS) as readonly Shell[];

/**
 * A script that completes a program's commands, options and their values in a shell. It is made from the definitions that the
 * program itself runs by, and does not call the program.
 *
 * Values are completed by what an option says of them: its choices, or files and folders where its placeholder is `<file>`,
 * `<path>`, `<dir>` or `<folder>`.
 *
 * @param program with all its commands; hidden ones are left out
 * @param shell that the script is for
 * @param values other values by option, such as `{ '--preset': ['small', 'large'] }`; those that end in `=` are typed on
 */
export function completionScript(program: Command, shell: Shell, values: OptionValues = {}): string {
  return SCRIPTS[shell](program.name(), commandTree(program, values));
}
