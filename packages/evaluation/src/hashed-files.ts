import { createHash } from 'node:crypto';
import { decodeImage, ImageFileError, readRegularFile, type OnCorrupt } from '@stargan/data';
import sharp from 'sharp';

/** An image file with the SHA-256 of its content, hexadecimal. */
export interface HashedFile {
  /** Path of the file. */
  readonly file: string;
  /** SHA-256 of its content, hexadecimal. */
  readonly sha256: string;
}

/** Files that can be used, and those that were left out. */
export interface HashedFiles {
  /** Those that can be used, in the order given. */
  readonly files: readonly HashedFile[];
  /** Those that were left out, and why. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  /** How many are stored turned or mirrored: their EXIF orientation is not that of the pixels. */
  readonly turned: number;
}

/**
 * Hashes files one by one.
 *
 * @param files their paths
 * @param onCorrupt unless it is `refuse` each picture is decoded as well, and a broken one left out
 * @throws ImageFileError naming a file that cannot be read
 */
export async function hashFiles(files: readonly string[], onCorrupt: OnCorrupt = 'refuse'): Promise<HashedFiles> {
  const hashed: HashedFile[] = [];
  const skipped: { file: string; reason: string }[] = [];
  let turned = 0;
  for (const file of files) {
    try {
      const content = await readRegularFile(file);
      if (onCorrupt !== 'refuse') await decodeImage(content, { name: file });
      if (await isTurned(content)) turned++;
      hashed.push({ file, sha256: createHash('sha256').update(content).digest('hex') });
    } catch (error) {
      if (onCorrupt === 'refuse' || !(error instanceof ImageFileError)) throw error;
      skipped.push({ file, reason: error.message });
    }
  }
  return { files: hashed, skipped, turned };
}

/** Whether a file is stored turned and FID's tools leave it so: they apply the orientation of TIFF files alone. */
async function isTurned(content: Buffer): Promise<boolean> {
  const { orientation = 1, format } = await sharp(content, { failOn: 'none' })
    .metadata()
    .catch(() => ({ orientation: 1, format: undefined }));
  return orientation > 1 && format !== 'tiff';
}

/**
 * A note about images that are stored turned; none where there are none.
 *
 * @param where the images are: a folder or a domain
 * @param turned how many of them are stored turned
 * @param images how many there are
 */
export function turnedNote(where: string, turned: number, images: number): string[] {
  if (turned === 0) return [];
  return [
    `${turned} of ${images} images of ${where} are stored turned (EXIF orientation): training shows them upright, FID and the metrics on its features read them as stored, as the tools do whose conventions they are`,
  ];
}
