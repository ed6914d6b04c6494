import { createHash } from 'node:crypto';
import { counted } from '../inspection/counts.js';
import { mapConcurrently } from '../map-concurrently.js';
import { printablePath } from '../path-names.js';
import type { FileBox } from './box-file.js';
import type { SourceImage } from './source-image.js';

/** Files that are read at a time. */
const readsAtOnce = 8;

/**
 * A row may be used for copies of a picture, as in domains that overlap, but not for different pictures of one name.
 *
 * @param table how messages call it
 * @param rowOf the row of each image
 * @throws Error naming the line and two of its pictures
 */
export async function requireOnePictureEach(table: string, rowOf: ReadonlyMap<SourceImage, FileBox>): Promise<void> {
  const first = new Map<FileBox, SourceImage>();
  const namesakes: (readonly [FileBox, SourceImage, SourceImage])[] = [];
  for (const [image, row] of rowOf) {
    const other = first.get(row);
    if (other === undefined) first.set(row, image);
    else if (placeOf(other) !== placeOf(image)) namesakes.push([row, other, image]);
  }
  const areCopies = await mapConcurrently(namesakes, readsAtOnce, ([, one, other]) => isCopy(one, other));
  const clashes = namesakes.filter((_, n) => !areCopies[n]!);
  if (clashes.length === 0) return;
  const [{ line }, one, other] = clashes[0]!;
  const others = clashes.length - 1;
  throw new Error(
    `prepareDataset: line ${line} of ${printablePath(table)} names two pictures, ${printablePath(one.path)} and ${printablePath(other.path)}` +
      `${others === 0 ? '' : `, and ${counted(others, 'picture')} more ${others === 1 ? 'has a namesake' : 'have namesakes'}`}; name files with their folders, as here`,
  );
}

const placeOf = ({ file, path }: SourceImage): string => file ?? path;

/** What cannot be read is named when its turn comes. */
async function isCopy(one: SourceImage, other: SourceImage): Promise<boolean> {
  try {
    return (await contentHash(one)) === (await contentHash(other));
  } catch {
    return true;
  }
}

function contentHash(image: SourceImage): Promise<string> {
  return image.open(async (file) =>
    createHash('sha256')
      .update(await file.all())
      .digest('hex'),
  );
}
