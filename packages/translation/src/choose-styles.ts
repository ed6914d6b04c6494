import path from 'node:path';
import { printablePath } from '@stargan/data';
import type { Model } from '@stargan/training';
import { findPictures } from './find-pictures.js';
import type { Fit } from './fit.js';
import { requireDomain, requireStyleOf, styleFromPicture, styleFromSeed, truncateToMean } from './model-styles.js';
import { RequestError, requireWhole } from './request-error.js';
import { readStyle } from './style-file.js';
import { averageStyles, type Style } from './style.js';

/** Which styles are wanted: of seeds (by default), of reference pictures, or styles that are there already. */
export interface StyleChoice {
  /** Target domains, by name or label; several for seeds alone. Needed unless `style` says it. */
  readonly to?: string | number | readonly (string | number)[] | undefined;
  /** Seeds of styles. Default 1. */
  readonly seed?: number | readonly number[] | undefined;
  /** So many seeds, from the given one on. Default 1. */
  readonly count?: number | undefined;
  /** Pictures of the target domain whose styles are taken: files, or folders of them. */
  readonly reference?: string | readonly string[] | undefined;
  /** Styles, or files that `writeStyle` wrote. */
  readonly style?: Style | string | readonly (Style | string)[] | undefined;
  /** Whether the mean of all these styles is taken instead of each, for every domain. */
  readonly average?: boolean | undefined;
  /** How far styles are drawn towards the mean style of their domain: 1 (default) leaves them alone, 0 gives the mean. */
  readonly psi?: number | undefined;
}

/** A style with a name that tells it from the others, for files and lists. */
export interface NamedStyle extends Style {
  /** `seed-1`, `reference-cat`, the name of the style's file, …, after that of the domain where there are several. */
  readonly name: string;
  /** The reference picture that it was taken from, where it was. */
  readonly picture?: string | undefined;
}

/** Most styles of one command: mistyped numbers are not asked of the disk. */
const MAX_STYLES = 10_000;

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

/**
 * Makes the styles that are wanted.
 *
 * @param model makes them, or is to use them
 * @param choice which
 * @param options how reference pictures are fitted and read, and who is told what should be known
 * @returns at least one, of the model's length; names may be equal
 * @throws RequestError naming what is wrong
 * @throws ImageFileError when a reference picture cannot be read
 */
export async function chooseStyles(
  model: Model,
  choice: StyleChoice,
  options: { readonly fit?: Fit; readonly maxPixels?: number | undefined; readonly onNote?: (note: string) => void } = {},
): Promise<NamedStyle[]> {
  const styles = await listStyles(model, choice, options);
  for (const note of new Set(styles.map((style) => requireStyleOf(model, style)))) if (note !== undefined) options.onNote?.(note);
  if (choice.average !== true || styles.length === 1) return styles;
  const domains = [...new Set(styles.map((style) => style.domains.join('+')))];
  if (choice.style !== undefined || domains.length === 1) return [{ ...averageStyles(styles), name: 'average' }];
  return domains.map((domain) => ({
    ...averageStyles(styles.filter((style) => style.domains.join('+') === domain)),
    name: `${domain}-average`,
  }));
}

async function listStyles(model: Model, choice: StyleChoice, options: Parameters<typeof chooseStyles>[2] = {}): Promise<NamedStyle[]> {
  const { psi = 1, count } = choice;
  const [seeds, references, given] = [listOf(choice.seed), listOf(choice.reference), listOf(choice.style)];
  const kinds = Object.entries({ seed: seeds, reference: references, style: given }).filter(([, values]) => values.length > 0);
  if (kinds.length > 1) throw new RequestError(`give one of ${kinds.map(([kind]) => kind).join(' and ')}, not both`);
  if (count !== undefined) requireWhole('count', count, 1, MAX_STYLES);
  if (count !== undefined && (given.length > 0 || references.length > 0 || seeds.length > 1))
    throw new RequestError('count is a number of styles from one seed on; it goes with one seed, or none, alone');
  const domains = listOf(choice.to).map((domain) => requireDomain(model, domain));
  if (given.length > 0) return givenStyles(model, given, domains, psi);
  if (domains.length === 0)
    throw new RequestError(`a domain to translate to is needed; the model's are ${model.domains.map(printablePath).join(', ')}`);
  if (references.length > 0) {
    if (domains.length > 1) throw new RequestError(`reference pictures are of one domain, got ${domains.join(', ')}; name theirs alone`);
    const { pictures } = await findPictures(references);
    if (pictures.length > MAX_STYLES)
      throw new RequestError(`${pictures.length} reference pictures are too many; give at most ${MAX_STYLES}`);
    const styles: NamedStyle[] = [];
    for (const { file } of pictures)
      styles.push({
        ...(await styleFromPicture(model, domains[0]!, file, { psi, ...options })),
        name: `reference-${path.parse(file).name}`,
        picture: file,
      });
    return styles;
  }
  const first = seeds[0] ?? 1;
  const wanted = seeds.length > 1 ? seeds : Array.from({ length: count ?? 1 }, (_, i) => first + i);
  const styles: NamedStyle[] = [];
  for (const domain of new Set(domains)) {
    for (const seed of new Set(wanted)) {
      const prefix = domains.length > 1 ? `${domain}-` : '';
      styles.push({ ...(await styleFromSeed(model, domain, seed, { psi })), name: `${prefix}seed-${seed}` });
    }
  }
  return styles;
}

async function givenStyles(
  model: Model,
  given: readonly (Style | string)[],
  domains: readonly string[],
  psi: number,
): Promise<NamedStyle[]> {
  const styles: NamedStyle[] = [];
  for (const [i, one] of given.entries()) {
    const isFile = typeof one === 'string';
    const style = isFile ? await readStyle(one) : one;
    requireStyleOf(model, style);
    const other = style.domains.find((domain) => domains.length > 0 && !domains.includes(domain));
    if (other !== undefined)
      throw new RequestError(
        `the style ${isFile ? printablePath(one) : `(${style.origin})`} is of ${style.domains.join(', ')}, not of ${domains.join(', ')}; leave the domain out`,
      );
    styles.push({ ...(await truncateToMean(model, style, psi)), name: isFile ? path.parse(one).name : nameOf(one, i) });
  }
  return styles;
}

const nameOf = (style: Style, index: number): string => ('name' in style ? (style as NamedStyle).name : `style-${index + 1}`);
