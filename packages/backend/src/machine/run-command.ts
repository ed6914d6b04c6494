import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';

/** Variables as in `process.env`. */
export type Environment = Record<string, string | undefined>;

/** Options of a {@link CommandRunner}. */
export interface CommandOptions {
  /** Folder that the command runs in; default this process's. */
  readonly cwd?: string | undefined;
  /** Its environment variables; default this process's. */
  readonly env?: Environment | undefined;
  /** File that the command line and all output are appended to. */
  readonly log?: string | undefined;
  /** The command is killed after this many milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Called with each piece of standard output as it comes. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

/** How a command ended. */
export interface CommandResult {
  /** Exit status, or null when a signal ended the command or it could not be started. */
  readonly status: number | null;
  /** All of its standard output. */
  readonly stdout: string;
  /** All of its standard error. */
  readonly stderr: string;
  /** True when there is no such program. */
  readonly missing: boolean;
  /** The signal that ended the command, as `SIGBUS`; left out where none did. */
  readonly signal?: string | undefined;
}

/** Runs a program to its end; never rejects for what the program does. */
export type CommandRunner = (command: string, args: readonly string[], options?: CommandOptions) => Promise<CommandResult>;

const running = new Set<ChildProcess>();

/** Ends the programs that {@link runCommand} has started and that still run. */
export function stopCommands(): void {
  for (const child of running) child.kill('SIGTERM');
}

/** The {@link CommandRunner} of the real machine: no shell, standard input closed. */
export const runCommand: CommandRunner = (command, args, options = {}) =>
  new Promise((resolve) => {
    const record = (text: string) => {
      try {
        if (options.log !== undefined) appendFileSync(options.log, text);
      } catch {
        // A log that cannot be written, as on a full disk, does not end what is logged.
      }
    };
    record(`\n$ ${[command, ...args].join(' ')}\n`);
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    // spawn's own timeout would keep this process alive for its whole length after a program that does not exist.
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
    const ended = () => {
      clearTimeout(timer);
      running.delete(child);
    };
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      record(text);
      options.onOutput?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      record(text);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      ended();
      record(`${error.message}\n`);
      resolve({ status: null, stdout, stderr: stderr + error.message, missing: error.code === 'ENOENT' });
    });
    child.on('close', (status, signal) => {
      ended();
      resolve({ status, stdout, stderr, missing: false, ...(signal === null ? {} : { signal }) });
    });
  });
