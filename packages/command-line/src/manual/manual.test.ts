import { Command, Option } from 'commander';
import { expect, it } from 'vitest';
import { manual } from './manual.js';

it('a manual has usage, arguments, options with defaults, and examples of every visible command', () => {
  const add = new Command('add')
    .description('Adds <things>.')
    .argument('<file>', 'a file | a folder')
    .addOption(new Option('--as <kind>', 'what it is').choices(['a', 'b']).default('a'))
    .addOption(new Option('--old').hideHelp())
    .addHelpText('after', '\nExamples:\n  tool things add file | less\n  tool things add --as b file\n\nExit codes: 0 done');
  const program = new Command('tool')
    .description('Does it.')
    .version('1.0.0')
    .addCommand(new Command('things').description('Things.').addCommand(add))
    .addCommand(new Command('hidden'), { hidden: true });
  let printed = '';
  program.configureOutput({ writeOut: (text) => (printed += text) });
  expect(manual(program)).toBe(`## tool

Does it.

\`\`\`sh
tool [options] [command]
\`\`\`

| option |  |
| --- | --- |
| \`-V, --version\` | output the version number |

## tool things

Things.

\`\`\`sh
tool things [options] [command]
\`\`\`

### tool things add

Adds &lt;things>.

\`\`\`sh
tool things add [options] <file>
\`\`\`

| argument |  |
| --- | --- |
| \`file\` | a file \\| a folder |

| option |  |
| --- | --- |
| \`--as <kind>\` | what it is (choices: "a", "b", default: "a") |

\`\`\`sh
tool things add file | less
tool things add --as b file
\`\`\`
`);
  // Asking for the manual printed nothing, and help still prints.
  expect(printed).toBe('');
  program.outputHelp();
  expect(printed).toContain('Usage: tool');
});
