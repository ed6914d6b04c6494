import { createHash } from 'node:crypto';
import { foldedName, portableName } from './portable-names.js';
import { printablePath } from '../path-names.js';
import type { SourceImage, SplitName } from './source-image.js';

/** Formats that pictures are written in. */
export type PreparedFormat = 'png' | 'webp' | 'jpeg';

const endings: Readonly<Record<PreparedFormat, string>> = { png: 'png', webp: 'webp', jpeg: 'jpg' };

/** Folders of the splits in a prepared data set. */
const splitFolders: Readonly<Record<SplitName, string>> = { train: 'train', validation: 'val' };

/**
 * The folder of each domain.
 *
 * @throws Error when two domains would share one on a file system that ignores case
 */
function domainFolderNames(domains: readonly string[]): Map<string, string> {
  const taken = new Map<string, string>();
  return new Map(
    domains.map((domain) => {
      const folder = portableName(domain);
      const other = taken.get(foldedName(folder));
      if (other !== undefined)
        throw new Error(
          `prepareDataset: the domains "${printablePath(other)}" and "${printablePath(domain)}" differ only in what some file systems ignore, and would share a folder there; rename one`,
        );
      taken.set(foldedName(folder), domain);
      return [domain, folder];
    }),
  );
}

/** A picture with its place in the prepared data set. */
export interface PlacedImage {
  readonly image: SourceImage;
  readonly split: SplitName;
  /** Path in the prepared data set, with `/`. */
  readonly output: string;
}

/**
 * Gives every picture a name of its own, also where file systems ignore case or composition: that of its file without the
 * ending, folders within the domain joined by `-`, and a hash of the path where this name is taken.
 *
 * @param images with their splits, in a fixed order
 * @param format of the files
 * @param known outputs of earlier runs by path of the source, which keep their names
 */
export function placeImages(
  images: readonly { readonly image: SourceImage; readonly split: SplitName }[],
  format: PreparedFormat,
  known: ReadonlyMap<string, string>,
): PlacedImage[] {
  const folders = domainFolderNames([...new Set(images.map(({ image }) => image.domain))].sort());
  // Of both splits together, so that a picture which changes sides keeps its name.
  const taken = new Map<string, Set<string>>([...folders.values()].map((folder) => [folder, new Set()]));
  for (const output of known.values()) {
    const [, folder = '', name = ''] = output.split('/');
    taken.get(folder)?.add(foldedName(name));
  }
  return images.map(({ image, split }) => {
    const folder = folders.get(image.domain)!;
    const kept = known.get(image.path)?.split('/')[2];
    const name = kept ?? freeName(image, format, taken.get(folder)!);
    return { image, split, output: `${splitFolders[split]}/${folder}/${name}` };
  });
}

function freeName({ name, path }: SourceImage, format: PreparedFormat, taken: Set<string>): string {
  const stem = portableName(
    name
      .replace(/^[a-zA-Z]:/, '')
      .split(/[/\\]/)
      .filter((part) => part !== '' && part !== '.' && part !== '..')
      .join('-')
      .replace(/(?<=.)\.[^.]{1,5}$/, ''),
  );
  const ending = `.${endings[format]}`;
  const hash = createHash('sha256').update(path).digest('hex');
  for (const suffix of ['', `-${hash.slice(0, 8)}`, `-${hash}`]) {
    const candidate = `${stem}${suffix}${ending}`;
    if (taken.has(foldedName(candidate))) continue;
    taken.add(foldedName(candidate));
    return candidate;
  }
  throw new Error(`prepareDataset: no name is free for ${printablePath(path)}; rename it`);
}
