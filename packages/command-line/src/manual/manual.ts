import type { Command } from 'commander';

/** A cell of a table in Markdown. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

const table = (headings: readonly [string, string], rows: readonly (readonly [string, string])[]): string[] =>
  rows.length === 0
    ? []
    : [
        `| ${headings[0]} | ${headings[1]} |`,
        '| --- | --- |',
        ...rows.map(([name, text]) => `| \`${name.replaceAll('|', '\\|')}\` | ${cell(text)} |`),
        '',
      ];

/** The lines below "Examples:" in what a command's help says after its options. */
function examplesOf(command: Command): string[] {
  let text = '';
  const before = { ...command.configureOutput() };
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  command.configureOutput(before);
  return (
    /^Examples:\n((?: {2}.*\n?)+)/m
      .exec(text)?.[1]
      ?.split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '') ?? []
  );
}

/** The full name of a command: `stargan weights fetch`. */
const nameOf = (command: Command): string => (command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`);

function pageOf(command: Command, level: number): string[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((each) => each.name() !== 'help');
  const examples = examplesOf(command);
  return [
    `${'#'.repeat(level)} ${nameOf(command)}`,
    '',
    cell(command.description()),
    '',
    '```sh',
    help.commandUsage(command),
    '```',
    '',
    ...table(
      ['argument', ''],
      help.visibleArguments(command).map((argument) => [argument.name(), help.argumentDescription(argument)]),
    ),
    ...table(
      ['option', ''],
      help
        .visibleOptions(command)
        .filter(({ long }) => long !== '--help')
        .map((option) => [option.flags, help.optionDescription(option)]),
    ),
    ...(examples.length === 0 ? [] : ['```sh', ...examples, '```', '']),
    ...commands.flatMap((each) => pageOf(each, level + (command.parent === null ? 0 : 1))),
  ];
}

/**
 * A manual of a program in Markdown, from the definitions that the program itself runs by: usage, arguments, options and
 * examples of every command. Hidden commands and options are left out.
 *
 * @param program with all its commands; the lines below `Examples:` in what `addHelpText('after', …)` adds are its examples
 * @param level of the headings, 2 by default: the page has a heading of its own
 */
export function manual(program: Command, level = 2): string {
  return pageOf(program, level).join('\n').trimEnd() + '\n';
}
