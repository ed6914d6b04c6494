import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Identifies a process, even when its number has since been given to another one. */
export interface ProcessIdentity {
  /** Process number. */
  readonly pid: number;
  /** Name of its machine. */
  readonly host: string;
  /** Identifies the machine's current boot, where the system tells. */
  readonly boot?: string;
  /** Namespace of the number, where the system tells: containers have their own. */
  readonly pidNamespace?: string;
  /** When the process started, in clock ticks since boot, where the system tells. */
  readonly started?: string;
}

function textOf(read: () => string): string | undefined {
  try {
    return read().trim() || undefined;
  } catch {
    return undefined;
  }
}

/** State letter and start time of a process on Linux; undefined elsewhere, or when it does not exist. */
function processStatus(pid: number): { state: string; started: string } | undefined {
  const text = textOf(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (text === undefined) return undefined;
  // The name, in brackets, may contain spaces and brackets.
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

/**
 * Whether a process is running; undefined when that cannot be told from here, as for one on another machine.
 *
 * @param other the process
 * @param here the one that asks
 */
export function isRunning(other: ProcessIdentity, here: ProcessIdentity = thisProcess()): boolean | undefined {
  if (other.host !== here.host || other.boot !== here.boot || other.pidNamespace !== here.pidNamespace) return undefined;
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const status = processStatus(other.pid);
  if (status === undefined) return undefined;
  // A process that was killed but not yet reaped by its parent still has its number.
  if (status.state === 'Z' || status.state === 'X') return false;
  return other.started === undefined ? undefined : status.started === other.started;
}
