/** What {@link surviveLostOutput} listens to. */
interface Output {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** Why a stream may end before the program does: its reader is gone, its disk is full or broken, its terminal is closed. */
const isLost = ({ code, syscall }: NodeJS.ErrnoException): boolean =>
  syscall === 'write' || code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || code === 'EIO';

/** What {@link surviveLostOutput} touches, so that tests need no process. */
export interface ProgramOutputs {
  /** Standard output. */
  readonly stdout: Output;
  /** Standard error. */
  readonly stderr: Output & { write(text: string): unknown };
  /** Called when text was lost that nobody chose to stop reading. */
  readonly onFailure: () => void;
}

const ofProcess = (): ProgramOutputs => ({ stdout: process.stdout, stderr: process.stderr, onFailure: () => void (process.exitCode = 1) });

/**
 * Lets a program outlive its standard output and standard error: without this, `| head`, a log on a full disk or a
 * closed terminal ends it with a stack trace. A reader that has gone is no failure; a disk that is full is said once on
 * standard error and sets the exit code to 1, unless the program sets another.
 *
 * @param outputs of the process, unless a test has others
 */
export function surviveLostOutput({ stdout, stderr, onFailure }: ProgramOutputs = ofProcess()): void {
  let told = false;
  stdout.on('error', (error) => {
    if (!isLost(error)) throw error;
    if (error.code === 'EPIPE' || told) return;
    told = true;
    onFailure();
    stderr.write(`warning: standard output cannot be written (${error.code ?? error.message}); what it should hold from here on is lost\n`);
  });
  stderr.on('error', (error) => {
    if (!isLost(error)) throw error;
  });
}
