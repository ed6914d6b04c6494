import type { CompletedCommand, CompletedOption, Completion } from './command-tree.js';

/** A text in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A text inside a specification of _arguments, where brackets and colons mean something. */
const escaped = (text: string): string => text.replace(/[\\[\]:]/g, '\\$&');

function actionOf(values: Completion): string {
  if (values === 'folder') return '_files -/';
  if (values === 'file') return '_files';
  // What ends in = is typed on.
  if (values.some((value) => value.endsWith('='))) return `{compadd -S "" -- ${values.join(' ')}}`;
  return values.length === 0 ? ' ' : `(${values.join(' ')})`;
}

function optionSpecs({ names, description, takesValue, value, values, repeats }: CompletedOption): string[] {
  const exclusion = repeats ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
  const rest = `[${escaped(description)}]${takesValue ? `:${escaped(value)}:${actionOf(values)}` : ''}`;
  return names.map((name) => quoted(exclusion + name + rest));
}

/** The functions of a command and of those below it. */
function functionsOf(name: string, command: CompletedCommand): string[] {
  const own = `_${[name, ...command.path].join('_').replace(/\W/g, '_')}`;
  const options = command.options.flatMap(optionSpecs);
  const lines = (specs: readonly string[]): string => specs.map((spec) => ` \\\n    ${spec}`).join('');
  if (command.commands.length === 0) {
    const rest = command.arguments.length === 0 ? [] : [quoted(`*:argument:${actionOf(command.arguments)}`)];
    return [`${own}() {\n  _arguments${lines([...options, ...rest])}\n}`];
  }
  const list = command.commands.map(({ path, description }) => `      ${quoted(`${path.at(-1)!}:${description}`)}`);
  const calls = command.commands.map(({ path }) => `      ${path.at(-1)!}) ${own}_${path.at(-1)!.replace(/\W/g, '_')} ;;`);
  return [
    `${own}() {
  local state line
  local -a commands
  _arguments -C${lines([...options, quoted('1:command:->command'), quoted('*::argument:->argument')])}
  case $state in
    command)
      commands=(
${list.join('\n')}
      )
      _describe command commands ;;
    argument) case $line[1] in
${calls.join('\n')}
    esac ;;
  esac
}`,
    ...command.commands.flatMap((each) => functionsOf(name, each)),
  ];
}

/** A script that completes a program's commands, options and values in zsh. */
export function zshCompletion(name: string, program: CompletedCommand): string {
  const own = `_${name.replace(/\W/g, '_')}`;
  return `#compdef ${name}
# Completes ${name} in zsh. In ~/.zshrc, after compinit: source <(${name} completion zsh)
${functionsOf(name, program).join('\n')}
if [[ $funcstack[1] == ${own} ]]; then ${own} "$@"; else compdef ${own} ${name}; fi
`;
}
