import { allCommands, type CompletedCommand, type CompletedOption, type Completion } from './command-tree.js';

/** A text in single quotes, for every shell of the family of sh. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Patterns of a case: where one of these words follows a command. */
const patterns = ({ path }: CompletedCommand, words: readonly string[]): string =>
  words.map((word) => quoted(`${path.join(' ')} ${word}`)).join(' | ');

/** One line of a case; none without a pattern. */
const branch = (pattern: string, body: string): string[] => (pattern === '' ? [] : [`    ${pattern}) ${body} ;;`]);

/** A script that completes a program's commands, options and values in bash 3.2 or newer. */
export function bashCompletion(name: string, program: CompletedCommand): string {
  // All functions have the program's name in theirs, so that several programs' scripts do not meet.
  const own = `_${name.replace(/\W/g, '_')}`;
  const commands = allCommands(program);
  const replyOf = (values: Completion): string => {
    if (values === 'folder') return `${own}_names -d`;
    return values === 'file' ? `${own}_names -f` : `${own}_words ${quoted(values.join(' '))}`;
  };
  const namesBelow = (command: CompletedCommand): string[] => command.commands.map(({ path }) => path.at(-1)!);
  const valued = (command: CompletedCommand): readonly CompletedOption[] => command.options.filter(({ takesValue }) => takesValue);
  const steps = commands.flatMap((command) => [
    ...branch(patterns(command, namesBelow(command)), 'command="${command:+$command }$word"'),
    ...branch(
      patterns(
        command,
        valued(command).flatMap(({ names }) => names),
      ),
      'skip=1',
    ),
  ]);
  const values = commands.flatMap((command) =>
    valued(command).flatMap((option) => branch(patterns(command, option.names), `${replyOf(option.values)}; return`)),
  );
  const words = commands.map((command) => {
    const { path, options, arguments: completed } = command;
    const isList = typeof completed !== 'string';
    const names = [...namesBelow(command), ...(isList ? completed : []), ...options.flatMap((option) => option.names)];
    const files = isList ? '' : `; [[ $current == -* ]] || ${replyOf(completed)}`;
    return `    ${quoted(path.join(' '))}) ${own}_words ${quoted(names.join(' '))}${files} ;;`;
  });
  return `# Completes ${name} in bash. In ~/.bashrc: source <(${name} completion bash)
${own}_words() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2> /dev/null
}
${own}_names() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen "$1" -- "$current"))
  compopt -o filenames 2> /dev/null
}
${own}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" command='' skip='' word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ -n $skip ]]; then
      skip=''
      continue
    fi
    case "$command $word" in
${steps.join('\n')}
    esac
  done
  case "$command $previous" in
${values.join('\n')}
  esac
  case "$command" in
${words.join('\n')}
  esac
}
complete -F ${own} ${name}
`;
}
