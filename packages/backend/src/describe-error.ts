const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the quota of the disk is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'there is no permission',
  EPERM: 'there is no permission',
  EIO: 'the disk or the terminal reports a fault',
  EMFILE: 'too many files are open; raise the limit with ulimit -n',
  ENAMETOOLONG: 'the name is too long',
};

/**
 * What an error says to a person: one line, whatever libraries put into it. Reasons of the operating system are put
 * into words, with the path where it is known.
 *
 * @param error whatever was thrown
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const reason = code === undefined || syscall === undefined ? undefined : REASONS[code];
  if (reason !== undefined && error.message.startsWith(`${code}:`))
    return oneLine(`${path === undefined ? '' : `${path}: `}${reason} (${code}, ${syscall})`);
  const text = error instanceof AggregateError && error.message === '' ? error.errors.map(describeError).join('; ') : error.message;
  return oneLine(text) || error.name;
}

/** Several lines as one. */
function oneLine(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .reduce((said, line) => (said === '' ? line : `${said}${said.endsWith(':') ? '' : ';'} ${line}`), '');
}
