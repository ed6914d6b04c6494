import { allCommands, type CompletedCommand, type Completion } from './command-tree.js';

/** A text in single quotes, in which fish knows two escapes. */
const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

function valuesOf(values: Completion): string {
  if (values === 'folder') return ` -x -a '(__fish_complete_directories)'`;
  if (values === 'file') return ' -r -F';
  return values.length === 0 ? ' -x' : ` -x -a ${quoted(values.join(' '))}`;
}

/** A script that completes a program's commands, options and values in fish. */
export function fishCompletion(name: string, program: CompletedCommand): string {
  const prefix = `__${name.replace(/\W/g, '_')}`;
  const lines = allCommands(program).flatMap((command) => {
    const at = `-n ${quoted([`${prefix}_at`, ...command.path].join(' '))}`;
    // The program's own options come before its commands.
    const below = command.path.length === 0 ? at : `-n ${quoted([`${prefix}_below`, ...command.path].join(' '))}`;
    const completed = command.arguments;
    return [
      ...command.commands.map(({ path, description }) => `complete -c ${name} ${at} -a ${path.at(-1)!} -d ${quoted(description)}`),
      ...command.options.map(({ names, description, takesValue, values }) => {
        const spelled = names.map((each) => (each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`)).join(' ');
        return `complete -c ${name} ${below} ${spelled}${takesValue ? valuesOf(values) : ''} -d ${quoted(description)}`;
      }),
      ...(completed.length === 0 ? [] : [`complete -c ${name} ${below}${valuesOf(completed).replace(/ -[xr]/, '')}`]),
    ];
  });
  return `# Completes ${name} in fish. In ~/.config/fish/config.fish: ${name} completion fish | source
function ${prefix}_words
    set -l words (commandline -opc)
    string match -v -- '-*' $words[2..-1]
end
# Whether these words are all that were typed, options aside.
function ${prefix}_at
    set -l words (${prefix}_words)
    test "$words" = "$argv"
end
# Whether these words came first.
function ${prefix}_below
    set -l words (${prefix}_words)
    string match -q -- "$argv *" "$words "
end
complete -c ${name} -f
${lines.join('\n')}
`;
}
