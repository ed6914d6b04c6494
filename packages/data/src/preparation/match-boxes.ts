import { resolve } from 'node:path';
import { counted } from '../inspection/counts.js';
import { printablePath } from '../path-names.js';
import type { BoxKind } from './box-columns.js';
import { boxKey, isEmptyBox, readBoxFile, type BoxFile, type FileBox } from './box-file.js';
import type { BoxOptions, BoxUse } from './box-options.js';
import type { PictureBoxes } from './crop-around.js';
import { requireOnePictureEach } from './require-one-picture.js';
import type { PreparationSource, SourceImage } from './source-image.js';

/** The images of a source with their boxes. */
export interface MatchedBoxes {
  /** Those that are prepared. */
  readonly images: readonly SourceImage[];
  /** Those that are not, for want of a box. */
  readonly leftOut: readonly SourceImage[];
  readonly boxes: PictureBoxes;
  readonly use: Omit<BoxUse, 'cropped' | 'moved' | 'shrunk'>;
  readonly notes: readonly string[];
}

const defaultMargins: Readonly<Record<BoxKind, number>> = { boxes: 0.3, landmarks: 0 };

/**
 * Finds the row of each image: the one that names most of its path.
 *
 * @throws Error as `readBoxFile`; when no row names an image, one row names several, or a domain is left without images
 */
export async function matchBoxes(source: PreparationSource, { file, margin, without = 'skip' }: BoxOptions): Promise<MatchedBoxes> {
  const table = await readBoxFile(file);
  const rowOf = new Map<SourceImage, FileBox>();
  for (const image of source.images) {
    const key = keysOf(image).find((each) => table.boxes.has(each));
    if (key !== undefined) rowOf.set(image, table.boxes.get(key)!);
  }
  requireMatch(file, table, source, rowOf);
  await requireOnePictureEach(file, rowOf);
  const boxOf = new Map([...rowOf].filter(([, box]) => !isEmptyBox(box)));
  const withoutBox = source.images.filter((image) => !boxOf.has(image));
  const leftOut = without === 'skip' ? withoutBox : [];
  const images = without === 'skip' ? source.images.filter((image) => boxOf.has(image)) : source.images;
  requireDomains(file, source.images, images);
  const used = new Set(rowOf.values());
  const unused = [...table.boxes].filter(([, box]) => !used.has(box));
  const usedMargin = margin ?? defaultMargins[table.kind];
  return {
    images,
    leftOut,
    boxes: { file, boxOf, margin: usedMargin },
    use: {
      file: resolve(file),
      kind: table.kind,
      margin: usedMargin,
      rows: table.rows,
      unusedRows: unused.length,
      without,
      withoutBox: withoutBox.map(({ path }) => path),
    },
    notes: [
      ...table.notes,
      ...(unused.length === 0
        ? []
        : [
            `${counted(unused.length, 'row')} of ${printablePath(file)} ${unused.length === 1 ? 'is' : 'are'} not used, since no picture of the source is called so: ${nameOf(unused[0]!)}${unused.length === 1 ? '' : ', say'}`,
          ]),
    ],
  };
}

/** What a row may call an image, the fullest name first. */
function keysOf({ file, path, listedAs }: SourceImage): string[] {
  const parts = boxKey(file ?? path).split('/');
  return [...parts.map((_, first) => parts.slice(first).join('/')).slice(0, -1), ...listedAs.map(boxKey), parts.at(-1)!];
}

const nameOf = ([name, { line }]: readonly [string, FileBox]): string => `${printablePath(name)} (line ${line})`;

function requireMatch(
  file: string,
  { boxes }: BoxFile,
  { images, location }: PreparationSource,
  matched: ReadonlyMap<SourceImage, FileBox>,
): void {
  if (matched.size > 0) return;
  throw new Error(
    `prepareDataset: ${printablePath(file)} names no picture of ${printablePath(location)}: a row names ${nameOf([...boxes][0]!)}, and a picture is called ${printablePath(images[0]!.listedAs[0]!)}; name files as they are called there, endings included`,
  );
}

function requireDomains(table: string, all: readonly SourceImage[], images: readonly SourceImage[]): void {
  const left = new Set(images.map(({ domain }) => domain));
  const image = all.find(({ domain }) => !left.has(domain));
  if (image === undefined) return;
  throw new Error(
    `prepareDataset: no picture of the domain "${printablePath(image.domain)}" has a box in ${printablePath(table)} (${printablePath(image.listedAs[0]!)} has none, say); add rows, or have pictures without a box cropped in the middle (centre)`,
  );
}
