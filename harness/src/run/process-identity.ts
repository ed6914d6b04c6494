import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process, so that a number that was given to another one since does not deceive. */
export interface ProcessIdentity {
  /** Its number. */
  readonly pid: number;
  /** Name of its machine. */
  readonly host: string;
  /** Which start of the machine, where the system says. */
  readonly boot?: string;
  /** Among whose processes the number counts, where the system says: containers have their own. */
  readonly pidNamespace?: string;
  /** When the process began, in the system's ticks since the machine's start, where the system says. */
  readonly started?: string;
}

function textOf(read: () => string): string | undefined {
  try {
    return read().trim() || undefined;
  } catch {
    return undefined;
  }
}

/** State letter and start time of a process, by Linux; undefined elsewhere, or when there is none. */
function processStatus(pid: number): { state: string; started: string } | undefined {
  const text = textOf(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (text === undefined) return undefined;
  // The name, in brackets, may hold spaces and brackets itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0]!, started: fields[19]! };
}

/** This process. */
export function thisProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    host: hostname(),
    boot: textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    pidNamespace: textOf(() => readlinkSync('/proc/self/ns/pid')),
    started: processStatus(process.pid)?.started,
  };
}

/** Whether a process is at work, as far as can be told from here; undefined when it cannot, as of one on another machine. */
export function isRunning(other: ProcessIdentity, here: ProcessIdentity = thisProcess()): boolean | undefined {
  if (other.host !== here.host || other.boot !== here.boot || other.pidNamespace !== here.pidNamespace) return undefined;
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const status = processStatus(other.pid);
  if (status === undefined) return undefined;
  // A process that was killed and not yet collected by its parent still has its number.
  if (status.state === 'Z' || status.state === 'X') return false;
  return other.started === undefined ? undefined : status.started === other.started;
}
