import type { Command, Option } from 'commander';

/** What a shell may complete a value with: names of files or folders, or one of some texts; nothing where it is free. */
export type Completion = 'file' | 'folder' | readonly string[];

/** An option as a shell completes it. */
export interface CompletedOption {
  /** Its spellings, such as `-V` and `--version`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Whether a value follows it. */
  readonly takesValue: boolean;
  /** Name of the value. */
  readonly value: string;
  /** What its value is completed with. */
  readonly values: Completion;
  /** Whether it may be given several times. */
  readonly repeats: boolean;
}

/** A command as a shell completes it. */
export interface CompletedCommand {
  /** Names from the program's first command on; none for the program itself. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** What its arguments are completed with. */
  readonly arguments: Completion;
  readonly commands: readonly CompletedCommand[];
}

/** Values by the option that takes them, such as `{ '--preset': ['small', 'large'] }`. */
export type OptionValues = Readonly<Record<string, readonly string[]>>;

/** A program's commands and options; those that its help does not show are left out. */
export function commandTree(command: Command, values: OptionValues, path: readonly string[] = []): CompletedCommand {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  return {
    path,
    description: firstSentence(command.description()),
    options: help.visibleOptions(command).map((option) => optionOf(option, values)),
    arguments:
      command.registeredArguments[0]?.argChoices ?? completionOf(command.registeredArguments.map((argument) => argument.name()).join(' ')),
    commands: commands.map((each) => commandTree(each, values, [...path, each.name()])),
  };
}

function optionOf(option: Option, values: OptionValues): CompletedOption {
  const { long, short, description, flags, argChoices } = option;
  const value = /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1] ?? '';
  return {
    names: [short, long].filter((name) => name !== undefined),
    description: firstSentence(description),
    takesValue: option.required || option.optional,
    value,
    values: (long === undefined ? undefined : values[long]) ?? argChoices ?? completionOf(value),
    repeats: option.variadic || description.includes('several times'),
  };
}

/** What names of values in usage lines say about the values. */
function completionOf(name: string): Completion {
  if (/\b(dir|folder|directory)\b/.test(name)) return 'folder';
  return /\b(files?|path)\b/.test(name) ? 'file' : [];
}

/** A description as it fits beside a name. */
const firstSentence = (text: string): string => text.replace(/[.;](\s.*)?$/s, '');

/** A command with all below it. */
export function allCommands(command: CompletedCommand): CompletedCommand[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
