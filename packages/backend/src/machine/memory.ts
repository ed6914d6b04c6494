import { freemem } from 'node:os';
import { posix } from 'node:path';
import { thisSystem, type System } from './system.js';

/** Where a version of Linux' control groups says what a group may use and uses. */
interface GroupFiles {
  readonly root: string;
  /** A line of `/proc/self/cgroup`; its group is the process's own. */
  readonly line: RegExp;
  readonly limit: string;
  readonly usage: string;
  /** Memory of files that the kernel gives back when it is needed, in `memory.stat`. */
  readonly reclaimable: RegExp;
}

const versions: readonly GroupFiles[] = [
  { root: '/sys/fs/cgroup', line: /^0::(.*)$/m, limit: 'memory.max', usage: 'memory.current', reclaimable: /^inactive_file (\d+)$/m },
  {
    root: '/sys/fs/cgroup/memory',
    line: /^\d+:memory:(.*)$/m,
    limit: 'memory.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    reclaimable: /^total_inactive_file (\d+)$/m,
  },
];

/**
 * Bytes of memory that processes here may still take without swapping: what Linux calls available, within the limits
 * of the control groups that this process is in (a container's limit). Elsewhere what is free.
 *
 * @param system what is asked of the machine, this one by default; tests give one of their own
 */
export function availableMemory(system: System = thisSystem()): number {
  const kilobytes = number(/^MemAvailable:\s+(\d+) kB$/m, system.read('/proc/meminfo'));
  const available = kilobytes === undefined ? freemem() : kilobytes * 1024;
  return Math.max(0, Math.min(available, ...versions.flatMap((files) => roomInGroups(files, system))));
}

/** What each group with a limit has left, from the process's own group up to the root. */
function roomInGroups({ root, line, limit, usage, reclaimable }: GroupFiles, system: System): number[] {
  const own = line.exec(system.read('/proc/self/cgroup') ?? '')?.[1];
  if (own === undefined) return [];
  const rooms: number[] = [];
  // In a container the group's name may be the host's, and its limit stand at the root.
  for (let group = posix.join('/', own); ; group = posix.dirname(group)) {
    const read = (file: string): string | undefined => system.read(posix.join(root, group, file));
    const most = number(/^(\d+)$/m, read(limit));
    const used = number(/^(\d+)$/m, read(usage));
    if (most !== undefined && used !== undefined) rooms.push(most - used + (number(reclaimable, read('memory.stat')) ?? 0));
    if (group === '/') return rooms;
  }
}

function number(pattern: RegExp, text: string | undefined): number | undefined {
  const found = pattern.exec(text ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}
