import { createHash } from 'node:crypto';
import { counted } from '../inspection/counts.js';
import { nameOfBytes, printablePath } from '../path-names.js';
import { readRegularFile } from '../regular-file.js';
import type { PreparationSource, SourceImage, SplitName } from './source-image.js';

/**
 * Which images are for validation: a share of each domain, or those of a list. Left out, all are for training unless the
 * source has splits, which then stay.
 */
export type ValidationChoice =
  | {
      /** Share of each domain's images, greater than 0 and less than 1. */
      readonly share: number;
    }
  | {
      /** Path of a text file: one image a line, as `domain/name` or as the table names it. */
      readonly list: string;
    };

/** Images with their splits, and what made the choice. */
export interface SplitImages {
  readonly images: readonly { readonly image: SourceImage; readonly split: SplitName }[];
  /** The choice, by content: part of what a prepared data set is known by. */
  readonly identity: string;
}

/**
 * Puts every image into a split.
 *
 * @param leftOut images of the source that are not prepared, which a list may name all the same
 * @throws Error when the source has splits of its own, a domain has too few images, or the list names none of the images
 */
export async function assignSplits(
  source: PreparationSource,
  choice: ValidationChoice | undefined,
  seed: number,
  leftOut: readonly SourceImage[] = [],
): Promise<SplitImages> {
  if (choice !== undefined && source.hasSplits)
    throw new Error(
      `prepareDataset: ${printablePath(source.location)} has images for validation apart already; leave the choice out to keep them so, or prepare its training folder alone`,
    );
  const { images } = source;
  if (choice === undefined)
    return {
      images: images.map((image) => ({ image, split: image.split ?? 'train' })),
      identity: source.hasSplits ? 'as in the source' : 'none',
    };
  const chosen = 'share' in choice ? byShare(images, choice.share, seed) : await byList([...images, ...leftOut], choice.list);
  requireBoth(images, chosen.validation);
  return {
    images: images.map((image) => ({ image, split: chosen.validation.has(image) ? 'validation' : 'train' })),
    identity: chosen.identity,
  };
}

/**
 * An image is chosen by a hash of its domain, its name and the seed, whatever other images there are. Where that chooses
 * none of a domain, or all, the image with the smallest or largest hash changes sides.
 */
function byShare(images: readonly SourceImage[], share: number, seed: number): { validation: Set<SourceImage>; identity: string } {
  if (!(share > 0 && share < 1)) throw new RangeError(`prepareDataset: the share for validation must be in (0, 1), got ${share}`);
  const validation = new Set<SourceImage>();
  for (const own of byDomain(images).values()) {
    const ranked = own.map((image) => ({ image, rank: rankOf(image, seed) })).sort((a, b) => a.rank - b.rank);
    const below = ranked.filter(({ rank }) => rank < share).length;
    const number = Math.min(Math.max(below, 1), Math.max(ranked.length - 1, 0));
    for (const { image } of ranked.slice(0, number)) validation.add(image);
  }
  return { validation, identity: `share ${share}` };
}

/** In [0, 1). */
function rankOf({ domain, name }: SourceImage, seed: number): number {
  const text = JSON.stringify([seed, domain.normalize('NFC'), name.normalize('NFC')]);
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}

async function byList(images: readonly SourceImage[], list: string): Promise<{ validation: Set<SourceImage>; identity: string }> {
  const content = await readRegularFile(list);
  const named = new Map<string, SourceImage[]>();
  for (const image of images) for (const name of new Set(image.listedAs.map(listKey))) named.set(name, [...(named.get(name) ?? []), image]);
  const validation = new Set<SourceImage>();
  const unknown: string[] = [];
  for (const line of linesOf(content)) {
    const found = named.get(listKey(line));
    if (found === undefined) unknown.push(line);
    else for (const image of found) validation.add(image);
  }
  if (unknown.length > 0)
    throw new Error(
      `prepareDataset: ${printablePath(list)} names ${counted(unknown.length, 'image')} that ${unknown.length === 1 ? 'is' : 'are'} not there: ${unknown
        .slice(0, 5)
        .map(printablePath)
        .join(', ')}${unknown.length > 5 ? ', …' : ''}; name images as domain/name, such as ${printablePath(images[0]!.listedAs[0]!)}`,
    );
  return { validation, identity: `list ${createHash('sha256').update(content).digest('hex')}` };
}

const listKey = (name: string): string =>
  name
    .normalize('NFC')
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '');

function linesOf(content: Buffer): string[] {
  const lines: string[] = [];
  const text = content.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf)) ? content.subarray(3) : content;
  for (let from = 0; from < text.length;) {
    const end = text.indexOf(10, from);
    const line = nameOfBytes(text.subarray(from, end < 0 ? text.length : end)).trim();
    if (line !== '') lines.push(line);
    from = end < 0 ? text.length : end + 1;
  }
  return lines;
}

function requireBoth(images: readonly SourceImage[], validation: ReadonlySet<SourceImage>): void {
  for (const [domain, own] of byDomain(images)) {
    const held = own.filter((image) => validation.has(image)).length;
    const name = `the domain "${printablePath(domain)}"`;
    if (own.length === 1)
      throw new Error(
        `prepareDataset: ${name} has one image, which cannot be for training and for validation; add images, or validate with none`,
      );
    if (held === 0 || held === own.length)
      throw new Error(
        `prepareDataset: ${held === 0 ? 'no image' : 'every image'} of ${name} is chosen for validation, and each domain needs some for both; change the list`,
      );
  }
}

function byDomain(images: readonly SourceImage[]): Map<string, SourceImage[]> {
  const domains = new Map<string, SourceImage[]>();
  for (const image of images) {
    const own = domains.get(image.domain);
    if (own === undefined) domains.set(image.domain, [image]);
    else own.push(image);
  }
  return domains;
}
