const MAX_NAME = 60;

/** A name from a stranger's file: short, on one line, without control characters. */
export function printable(name: string): string {
  return JSON.stringify(name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name).slice(1, -1);
}

/**
 * The first few of many names, and how many more there are: `a, b and 7 more`.
 *
 * @param shown how many are named, ≥ 1
 */
export function fewOf(names: readonly string[], shown = 4): string {
  const few = names.slice(0, shown).map(printable);
  return names.length > shown ? `${few.join(', ')} and ${names.length - shown} more` : few.join(', ');
}
