/** What stopped an installation, and what to do about it; `message` holds both. */
export class InstallError extends Error {
  /** Tells it apart from other errors, also where two copies of the package are loaded. */
  override readonly name = 'InstallError';
  /** What to do about it: a command, or what to change. */
  readonly remedy: string;
  /** True where nothing but another machine, card or setting would change it, so that it is not tried again by itself. */
  readonly lasting: boolean;

  /**
   * @param what what went wrong, in one sentence that names the step and the file or program
   * @param remedy what the user can do about it
   * @param options `lasting` where trying again is of no use until something is changed; false by default
   */
  constructor(what: string, remedy: string, { lasting = false }: { readonly lasting?: boolean } = {}) {
    super(`${what}\n${remedy}`);
    this.remedy = remedy;
    this.lasting = lasting;
  }
}

// What TensorFlow says while it is loaded, which is about no failure.
const tensorflowLog = /^(?:WARNING: All log messages before absl|[IW]\d{4} [\d:.]+ |[IW]0000 00:00:)/;

/** The last lines of a program's output, indented, for use in a message. */
export function lastLines(text: string, count = 6): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !tensorflowLog.test(line));
  return lines
    .slice(-count)
    .map((line) => `  ${line.trim()}`)
    .join('\n');
}

const otherFolder = 'name another folder with STARGAN_CACHE_DIR';

const causes: readonly { readonly pattern: RegExp; readonly what: string; readonly remedy: string }[] = [
  {
    pattern: /ENOSPC|EDQUOT|No space left|Errno 28\b|Disk quota|Errno 122\b/i,
    what: 'the disk is full',
    remedy: `Free some space, or ${otherFolder}.`,
  },
  {
    pattern: /EROFS|Read-only file system|Errno 30\b/i,
    what: 'the file system is read-only',
    remedy: `Make it writable, or ${otherFolder}.`,
  },
  {
    pattern: /EACCES|EPERM|Permission denied|Operation not permitted|Errno 13\b/i,
    what: 'this user may not write there',
    remedy: `Give the folder to this user (\`chown\`), or ${otherFolder}.`,
  },
  {
    pattern: /ENOTDIR|EEXIST|Not a directory/,
    what: 'a file is where a folder should be',
    remedy: `Move the file away, or ${otherFolder}.`,
  },
  {
    pattern: /EMFILE|ENFILE|Too many open files/,
    what: 'too many files are open',
    remedy: 'Allow more with `ulimit -n`, then install again.',
  },
];

/** What of the disk a text of the operating system complains about, in plain words; undefined where it is something else. */
export function diskTrouble(text: string): { readonly what: string; readonly remedy: string } | undefined {
  return causes.find(({ pattern }) => pattern.test(text));
}

/** An error of the operating system as one that names the place and the remedy; any other as it is. */
export function asInstallError(error: unknown): unknown {
  if (error instanceof InstallError || !(error instanceof Error) || !('code' in error)) return error;
  const { code, path, message } = error as NodeJS.ErrnoException;
  const trouble = diskTrouble(String(code));
  if (trouble === undefined) return error;
  return new InstallError(
    `installRuntime: ${path ?? 'a file'} cannot be written, ${trouble.what} (${message.split(',')[0] ?? ''})`,
    trouble.remedy,
  );
}
