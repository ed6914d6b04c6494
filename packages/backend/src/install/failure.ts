/** What stopped an installation, and what to do about it; `message` holds both. */
export class InstallError extends Error {
  override readonly name = 'InstallError';
  /** What to do about it: a command, or what to change. */
  readonly remedy: string;

  constructor(what: string, remedy: string) {
    super(`${what}\n${remedy}`);
    this.remedy = remedy;
  }
}

/** The last lines of a program's output, indented, for use in a message. */
export function lastLines(text: string, count = 6): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.slice(-count).map((line) => `  ${line.trim()}`).join('\n');
}
