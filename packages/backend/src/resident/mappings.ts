/** What a part of a process's address space holds. */
export type MappingKind = 'files' | 'stacks' | 'anonymous';

/** Resident bytes by what the mappings hold. */
export type MappedBytes = Readonly<Record<MappingKind, number>>;

const HEAD = /^([0-9a-f]+)-([0-9a-f]+) ([r-][w-][x-][ps]) [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \d+(?: +(.*))?$/;
const RESIDENT = /^Rss: +(\d+) kB$/;

/** What lies below the stack of a thread; glibc's is one page, of 4 to 64 KiB. */
const GUARD_BYTES = 64 * 1024;

/**
 * Adds up the mappings of a process by what they hold.
 *
 * @param smaps the text of Linux's `/proc/PID/smaps`
 * @throws when it is none: without a mapping, or with one that does not say how much of it is resident
 */
export function mappedBytes(smaps: string): MappedBytes {
  const bytes = { files: 0, stacks: 0, anonymous: 0 };
  let kind: MappingKind | undefined;
  let guardEnd: bigint | undefined;
  let mappings = 0;
  for (const line of smaps.split('\n')) {
    const head = HEAD.exec(line);
    if (head !== null) {
      if (kind !== undefined) throw incomplete(line);
      const [start, end] = [BigInt(`0x${head[1]!}`), BigInt(`0x${head[2]!}`)];
      const [access, name] = [head[3]!, head[4] ?? ''];
      kind = kindOf(name, access === 'rw-p' && start === guardEnd);
      guardEnd = access === '---p' && name === '' && end - start <= GUARD_BYTES ? end : undefined;
      mappings++;
      continue;
    }
    const resident = RESIDENT.exec(line);
    if (resident === null) continue;
    if (kind === undefined) throw incomplete(line);
    bytes[kind] += Number(resident[1]) * 1024;
    kind = undefined;
  }
  if (mappings === 0 || kind !== undefined) throw incomplete('the end of the text');
  return bytes;
}

function kindOf(name: string, followsGuard: boolean): MappingKind {
  if (name.startsWith('/')) return 'files';
  if (name.startsWith('[stack') || (name === '' && followsGuard)) return 'stacks';
  return 'anonymous';
}

const incomplete = (where: string): Error =>
  new Error(
    `mappedBytes: expected the text of /proc/PID/smaps, in which each mapping has one line of Rss; got another at ${JSON.stringify(where)}`,
  );
