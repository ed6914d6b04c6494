/** The exit codes of all commands. */
const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong usage; a command that Ctrl-C, SIGTERM or SIGHUP stopped has saved and ends with
130, 143 or 129.`;

/** The end of a command's help: command lines to paste into a shell, and the exit codes. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n${EXIT_CODES}`;
}
