/** A stretch of names that differ in one number alone. */
interface Group {
  /** What stands before the number, or the whole beginning where there is none. */
  readonly prefix: string;
  readonly first: number | undefined;
  last: number | undefined;
}

/** The module of a parameter: its name up to the first number, `generator.encode` and 0, or `generator.from_rgb` where there is none. */
function moduleOf(name: string): { prefix: string; number: number | undefined } {
  const parts = name.split('.');
  const place = parts.findIndex((part) => /^\d+$/.test(part));
  if (place < 0) return { prefix: parts.slice(0, -1).join('.'), number: undefined };
  return { prefix: parts.slice(0, place).join('.'), number: Number(parts[place]) };
}

function groupsOf(names: readonly string[]): Group[] {
  const groups: Group[] = [];
  for (const name of names) {
    const { prefix, number } = moduleOf(name);
    const same = groups.find((group) => group.prefix === prefix && isNext(group, number));
    if (same === undefined) groups.push({ prefix, first: number, last: number });
    else same.last = number;
  }
  return groups;
}

const isNext = ({ last }: Group, number: number | undefined): boolean =>
  last === number || (last !== undefined && number !== undefined && number === last + 1);

function patternOf({ prefix, first, last }: Group): string {
  if (first === undefined || last === undefined) return `${prefix}.*`;
  if (first === last) return `${prefix}.${first}.*`;
  // As it can be pasted into a pattern, where that can be said.
  return last < 10 ? `${prefix}.[${first}-${last}].*` : `${prefix}.${first}.* to ${prefix}.${last}.*`;
}

/**
 * Names of parameters in a few words, module by module: `generator.encode.[0-3].*, generator.from_rgb.*`.
 *
 * @param names as checkpoints have them, in the order of the networks
 * @param most how many modules are named; further ones are counted
 */
export function describeNames(names: readonly string[], most = 8): string {
  const patterns = groupsOf(names).map(patternOf);
  const left = patterns.length - most;
  return left > 0 ? `${patterns.slice(0, most).join(', ')} and ${left} more` : patterns.join(', ');
}
