import { closest } from 'fastest-levenshtein';

/** Finds keys by what people call them. */
export interface KeyFinder {
  /**
   * The key that has this name in another spelling, or elsewhere; undefined where there is none.
   *
   * @param name as someone wrote it: `BATCH_SIZE`
   */
  find(name: string): string | undefined;
  /**
   * The key that was probably meant: that of another spelling or name, else the nearest.
   *
   * @param name as someone wrote it
   */
  suggest(name: string): string;
}

const plain = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, '');

/**
 * A finder of keys.
 *
 * @param keys those there are, at least one
 * @param otherNames what they are called elsewhere: keys by names in lower case, letters and digits alone
 */
export function keyFinder(keys: readonly string[], otherNames: Readonly<Record<string, string>> = {}): KeyFinder {
  const find = (name: string): string | undefined => {
    const written = plain(name);
    return keys.find((known) => plain(known) === written) ?? (Object.hasOwn(otherNames, written) ? otherNames[written] : undefined);
  };
  return { find, suggest: (name) => find(name) ?? closest(name, keys) };
}
