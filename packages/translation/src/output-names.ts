import path from 'node:path';

/** A name within the folder of the results, with `/` between folders, and no ending. */
export type OutputName = string;

/** The longest part of a name, in bytes, that leaves room for a style's name, a number and endings within the 255 of file systems. */
const LONGEST_PART = 100;

/** A byte of a name that is not UTF-8, as `@stargan/data` carries it in strings (U+DC80 … U+DCFF); Windows allows others as well. */
const loneSurrogate = /\p{Surrogate}/gu;

/** Names that Windows keeps for devices, whatever follows the first dot. */
const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

const hexOf = (unit: number): string => (unit >= 0xdc80 && unit <= 0xdcff ? unit - 0xdc00 : unit).toString(16).toUpperCase();

/**
 * A part of a name that every file system takes: UTF-8, of limited length, without control characters, and none that Windows refuses.
 *
 * @param text part of a name, without `/`
 */
export function portablePart(text: string): string {
  const utf8 = text
    .replace(loneSurrogate, (unit) => `%${hexOf(unit.charCodeAt(0))}`)
    // eslint-disable-next-line no-control-regex -- They end lines and move cursors where names are listed.
    .replace(/[\x00-\x1f\x7f<>:"/|?*\\]/g, '_');
  let [shortened, bytes] = ['', 0];
  for (const character of utf8) {
    bytes += Buffer.byteLength(character);
    if (bytes > LONGEST_PART) break;
    shortened += character;
  }
  const ended = shortened.replace(/[. ]+$/, (ending) => '_'.repeat(ending.length));
  return ended === '' || reserved.test(ended) ? `_${ended}` : ended;
}

/**
 * Names that differ from each other on every file system, also where case or composition of letters makes no difference:
 * of those that do not, the first keeps its name, and the others are numbered, `cat-2`, `cat-3`, ….
 *
 * @param names in the order in which they are given
 * @returns a name for each, in the same order
 */
export function distinctNames(names: readonly string[]): string[] {
  const keyOf = (name: string): string => name.normalize('NFC').toLowerCase();
  const taken = new Set<string>();
  const isFirst = names.map((name) => {
    const key = keyOf(name);
    return !taken.has(key) && taken.add(key) !== undefined;
  });
  const numbers = new Map<string, number>();
  return names.map((name, i) => {
    if (isFirst[i]) return name;
    const key = keyOf(name);
    for (let number = (numbers.get(key) ?? 1) + 1; ; number++) {
      const candidate = `${name}-${number}`;
      if (taken.has(keyOf(candidate))) continue;
      taken.add(keyOf(candidate));
      numbers.set(key, number);
      return candidate;
    }
  });
}

/**
 * Names for the translations of pictures, that neither collide nor lead out of a folder.
 *
 * @param pictures names of the pictures, with `/` between folders
 * @param styles names of the styles; where there is one, it is left out
 * @returns for every picture, a name for each style
 */
export function planOutputNames(pictures: readonly string[], styles: readonly string[]): OutputName[][] {
  const suffixes = styles.length === 1 ? [''] : distinctNames(styles.map((style) => portablePart(style))).map((style) => `-${style}`);
  const stems = pictures.map((name) => {
    const parts = name.split('/');
    const last = parts.pop()!;
    return [...parts, path.parse(last).name || last].map(portablePart).join('/');
  });
  const flat = distinctNames(stems.flatMap((stem) => suffixes.map((suffix) => `${stem}${suffix}`)));
  return pictures.map((_, i) => flat.slice(i * suffixes.length, (i + 1) * suffixes.length));
}
