import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { renameDurably } from '@stargan/checkpoints';
import { resizeBilinear } from '@stargan/resizing';
import { allowedBroken, BrokenImagesError } from '../corrupt-limit.js';
import { decodeContent } from '../decode-content.js';
import { ImageFault, type ImageFileError } from '../image-file-error.js';
import { decodingsAtOnce } from '../load-images.js';
import { mapConcurrently } from '../map-concurrently.js';
import { skippedImage, type NotedImage, type SkippedImage } from '../training-batch.js';
import { cropOf, stampOfBox, type PictureBoxes } from './crop-around.js';
import { encodePicture } from './encode-picture.js';
import { fitPicture, isEnlarged } from './fit-picture.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import type { PlacedImage } from './output-names.js';
import type { PrepareSettings } from './prepare-options.js';
import type { SourceImage } from './source-image.js';

/** Hidden, so that no reader takes what a killed writer leaves for a picture. */
export const asideName = '.preparation';

/** What {@link makePictures} needs. */
export interface PictureWork {
  /** Absolute path of the data set that is made. */
  readonly out: string;
  readonly placed: readonly PlacedImage[];
  /** What earlier runs have made, by path of the source. */
  readonly known: ReadonlyMap<string, ManifestEntry>;
  readonly settings: PrepareSettings;
  /** Left out, pictures are not cropped around boxes. */
  readonly boxes?: PictureBoxes | undefined;
  /** Left out, nothing is made. */
  readonly manifest?: Manifest;
}

/** What {@link makePictures} did. */
export interface MadePictures {
  /** Paths of the images whose pictures were made this time, or would be. */
  readonly made: string[];
  enlarged: number;
  /** Pictures whose crops had to be moved, or shrunk, to be inside. */
  readonly changedCrops: { moved: number; shrunk: number };
  /** Images whose pictures are there. */
  readonly done: PlacedImage[];
  readonly broken: SkippedImage[];
  readonly noted: NotedImage[];
}

/**
 * Makes the pictures that are not there yet. A failure, or the signal, ends it once those under way are whole.
 *
 * @throws ImageFileError and BrokenImagesError, as `onCorrupt` says
 */
export async function makePictures(work: PictureWork): Promise<MadePictures> {
  const { placed, settings } = work;
  const { onProgress, signal } = settings;
  const result: MadePictures = { made: [], enlarged: 0, changedCrops: { moved: 0, shrunk: 0 }, done: [], broken: [], noted: [] };
  const maker = pictureMaker(work, result);
  const failures: unknown[] = [];
  let done = 0;
  await mapConcurrently(placed, decodingsAtOnce, async (image) => {
    if (failures.length > 0 || signal?.aborted === true) return;
    try {
      await maker(image);
      onProgress?.((done += 1), placed.length);
    } catch (error) {
      failures.push(error);
    }
  });
  if (failures.length > 0) throw failures[0];
  const order = new Map(placed.map(({ image }, place) => [image.path, place]));
  // Pictures end in any order; what is said of them does not depend on it.
  for (const said of [result.broken, result.noted]) said.sort((a, b) => order.get(a.file)! - order.get(b.file)!);
  return result;
}

function pictureMaker(
  { out, placed, known, settings, boxes, manifest }: PictureWork,
  result: MadePictures,
): (image: PlacedImage) => Promise<void> {
  const { imageSize, fit, format, maxPixels, onCorrupt, corruptLimit } = settings;
  const folders = new Set<string>();
  const imagesOf = new Map<string, number>();
  for (const { image } of placed) imagesOf.set(image.domain, (imagesOf.get(image.domain) ?? 0) + 1);
  const brokenOf = new Map<string, SkippedImage[]>();

  async function make({ image, output }: PlacedImage, stamp: string, to: Manifest): Promise<ManifestEntry> {
    const decoded = await image.open((file) => decodeContent(file, { maxPixels, reading: 'upright' }));
    if (decoded.notes !== undefined) result.noted.push({ file: image.path, notes: decoded.notes });
    const crop = cropOf(boxes, image, decoded);
    const picture = crop === undefined ? fitPicture(decoded, imageSize, fit) : resizeBilinear(decoded, imageSize, imageSize, crop.box);
    const content = await encodePicture(picture, format);
    const file = join(out, output);
    const folder = dirname(file);
    if (!folders.has(folder)) await mkdir(folder, { recursive: true });
    folders.add(folder);
    const aside = join(out, asideName, hashOf(Buffer.from(output)));
    await writeFile(aside, content);
    await renameDurably(aside, file);
    const { width, height } = decoded;
    const entry = { output, source: image.path, stamp, width, height, sha256: hashOf(content) };
    await to.add(entry);
    return entry;
  }

  async function makeUnlessThere(placedImage: PlacedImage): Promise<void> {
    const { image, output } = placedImage;
    const stamp = (await image.stamp()) + stampOfBox(boxes, image);
    let entry = known.get(image.path);
    const isThere = entry?.output === output && entry.stamp === stamp && (await isWhole(out, entry));
    if (!isThere && manifest === undefined) entry = undefined;
    else if (!isThere) {
      const former = entry?.output;
      entry = await make(placedImage, stamp, manifest!);
      // It has changed sides, and must not be on both.
      if (former !== undefined && former !== output) await rm(join(out, former), { force: true });
    }
    if (!isThere) result.made.push(image.path);
    result.done.push(placedImage);
    if (entry !== undefined) noteSizes(image, entry);
  }

  function noteSizes(image: SourceImage, picture: ManifestEntry): void {
    const crop = cropOf(boxes, image, picture);
    if (crop?.changed !== undefined) result.changedCrops[crop.changed] += 1;
    if (isEnlarged(crop?.box ?? picture, imageSize, fit)) result.enlarged += 1;
  }

  function noteBroken({ image }: PlacedImage, error: ImageFileError): void {
    if (onCorrupt === 'refuse') throw error;
    const skipped = skippedImage(image.path, error);
    result.broken.push(skipped);
    const ofDomain = brokenOf.get(image.domain) ?? [];
    brokenOf.set(image.domain, ofDomain);
    ofDomain.push(skipped);
    const images = imagesOf.get(image.domain)!;
    if (onCorrupt === 'replace' && ofDomain.length > allowedBroken(images, corruptLimit))
      throw new BrokenImagesError(
        image.domain,
        images,
        corruptLimit,
        ofDomain,
        "raise corruptLimit, or set onCorrupt: 'skip', to prepare the others",
      );
  }

  return async (placedImage) => {
    try {
      await makeUnlessThere(placedImage);
    } catch (error) {
      if (!(error instanceof ImageFault)) throw error;
      noteBroken(placedImage, error.in(placedImage.image.path));
    }
  };
}

const hashOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Whether a picture is there as it was made. */
async function isWhole(out: string, { output, sha256 }: ManifestEntry): Promise<boolean> {
  try {
    return hashOf(await readFile(join(out, output))) === sha256;
  } catch {
    return false;
  }
}
