import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkOption } from './check-option.mjs';
import { root } from './run.mjs';

const USAGE = `Usage: node scripts/command-docs.mjs [--check]

Writes docs/commands.md, the manual of the stargan command, from the definitions that the command itself runs by.
With --check nothing is written, and a page that differs from what would be is a failure. So is a command without an example, always.
Exit code: 0 all well, 1 failure, 2 wrong usage.`;

const { check } = checkOption(USAGE);
const page = join(root, 'docs', 'commands.md');
const { manual } = await import('../packages/command-line/dist/index.js');
const { createProgram } = await import('../harness/dist/cli/main.js');
const program = createProgram('');
const text = `# Commands

The manual of the \`stargan\` command, made of the definitions that it runs by: \`pnpm docs:commands\` writes this page. What the commands
read and write is described in the [README of the harness](../harness/README.md), with all config values; \`--help\` behind any command
prints what stands here. Exit codes: 0 done, 1 failed, 2 wrong usage; a command that Ctrl-C, SIGTERM or SIGHUP stopped has saved and ends
with 130, 143 or 129.

${manual(program)}`;
const faults = described(program)
  .filter((command) => !examplesOf(command))
  .map((command) => `${nameOf(command)} has no example; give its definition one: addHelpText('after', examples(…))`);
if (check && readFileSync(page, 'utf8').replaceAll('\r\n', '\n') !== text)
  faults.push('docs/commands.md is not what the commands say; run `pnpm docs:commands` and commit it');
if (!check) writeFileSync(page, text);
for (const fault of faults) console.error(fault);
console.log(`${described(program).length} commands, ${faults.length} faults`);
if (faults.length > 0) process.exitCode = 1;

/** The commands that do something, hidden ones left out. */
function described(command) {
  const below = command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => each.name() !== 'help');
  return below.length === 0 ? [command] : below.flatMap(described);
}

/** The full name of a command. */
function nameOf(command) {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

/** Whether the manual shows a command at work, below its heading. */
function examplesOf(command) {
  const name = nameOf(command);
  const [, section = ''] = text.split(new RegExp(`^#+ ${name}$`, 'm'));
  return new RegExp(`^\`\`\`sh\n(?!${name} \\[).*${name}`, 'm').test(section.split(/^#/m)[0]);
}
