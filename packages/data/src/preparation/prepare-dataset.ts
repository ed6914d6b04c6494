import { mkdir, rm } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { openDataset } from '../dataset.js';
import type { PassedOverCount } from '../passed-over.js';
import { printablePath } from '../path-names.js';
import type { NotedImage, SkippedImage } from '../training-batch.js';
import { assignSplits } from './assign-splits.js';
import type { BoxUse } from './box-options.js';
import { asideName, makePictures, type MadePictures } from './make-pictures.js';
import { openManifest, readManifest, type ManifestEntry, type PreparationIdentity } from './manifest.js';
import { matchBoxes, type MatchedBoxes } from './match-boxes.js';
import { openPreparationSource } from './open-source.js';
import { placeImages, type PlacedImage } from './output-names.js';
import { withDefaults, type PrepareOptions, type PrepareSettings } from './prepare-options.js';
import { requireOutside } from './require-outside.js';
import type { PreparationSource } from './source-image.js';

/** Images of one domain in a prepared data set. */
export interface PreparedDomain {
  /** Name of the domain in the source. */
  readonly name: string;
  /** Pictures to train on. */
  readonly train: number;
  /** Pictures to validate with. */
  readonly validation: number;
}

/** What was prepared. */
export interface Preparation {
  /** Absolute path of the prepared data set. */
  readonly directory: string;
  /** Absolute path of the source. */
  readonly source: string;
  /** What the source is. */
  readonly kind: PreparationSource['kind'];
  /** Sides of the pictures in pixels. */
  readonly imageSize: number;
  /** Whether nothing was written. */
  readonly dryRun: boolean;
  /** Pictures made this time; in a dry run those that would be. */
  readonly made: number;
  /** Pictures that were there already, whole and of an unchanged source. */
  readonly kept: number;
  /** By domain, with those kept. */
  readonly domains: readonly PreparedDomain[];
  /** Images that cannot be used. In a dry run only files that are missing are noticed. */
  readonly broken: readonly SkippedImage[];
  /** Images that were used though something is odd about them. */
  readonly noted: readonly NotedImage[];
  /** Pictures that were smaller than they are now, and so are not as sharp as their size suggests. */
  readonly enlarged: number;
  /** How boxes were used; without `boxes` left out. */
  readonly boxes?: BoxUse;
  /** What is not read of the source, by reason. */
  readonly passedOver: readonly PassedOverCount[];
  /** Pictures in the prepared data set that come from no image of the source: of removed ones, or put there by others. */
  readonly foreign: readonly string[];
  /** Sentences about what was decided. */
  readonly notes: readonly string[];
}

/**
 * Makes a data set of square pictures of one size: decoded as training decodes them (upright, alpha dropped, grey as
 * colours), resized, split, and written as `train/DOMAIN/NAME.png` and `val/DOMAIN/NAME.png`, which
 * `openDataset` reads. `preparation.jsonl` beside them says what each came from.
 *
 * The source is a folder with one folder per domain (or with `train/` and `val/`), a CSV file with the columns `file` and `domain`, or a
 * ZIP archive of such folders. It is only read. The work can be interrupted at any moment and is
 * continued by the next call with the same arguments: pictures that are whole, and whose source has not changed, are kept.
 *
 * @param source path of the folder, table or archive
 * @param directory where the data set goes: missing, empty, or prepared before in the same way
 * @param options size, fit, split, format; what to do about broken images; who is told about the progress and what stops it
 * @throws RangeError when an option is out of range
 * @throws ImageFileError when an image cannot be used and `onCorrupt` is `refuse`
 * @throws BrokenImagesError when more of a domain are unusable than `corruptLimit` allows and `onCorrupt` is `replace`
 * @throws Error when source and directory lie in each other, the directory holds something else, the source or the table of boxes cannot
 *   be read (with the line of the table), the disk is full, or a domain is left without pictures
 * @throws the signal's reason when it was aborted
 */
export async function prepareDataset(source: string, directory: string, options: PrepareOptions): Promise<Preparation> {
  const settings = withDefaults(options);
  const out = resolve(directory);
  const opened = await openPreparationSource(source);
  try {
    await requireOutside(opened, out);
    return await withDiskFullNamed(out, async () => prepare(await withBoxes({ opened, out, settings })));
  } finally {
    await opened.close();
  }
}

async function withDiskFullNamed<Result>(out: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['ENOSPC', 'EDQUOT'].includes(code)) throw error;
    throw new Error(
      `prepareDataset: there is no space left for ${printablePath(out)} (${code}); free some and run it again: pictures that are made stay`,
      { cause: error },
    );
  }
}

interface Work {
  readonly opened: PreparationSource;
  readonly out: string;
  readonly settings: PrepareSettings;
  /** Left out, pictures are not cropped around boxes. */
  readonly matched?: MatchedBoxes | undefined;
}

async function withBoxes(work: Work): Promise<Work> {
  const { opened, settings } = work;
  return settings.boxes === undefined ? work : { ...work, matched: await matchBoxes(opened, settings.boxes) };
}

async function prepare(work: Work): Promise<Preparation> {
  const { opened, out, settings, matched } = work;
  const { dryRun, imageSize } = settings;
  const first = await makeOf(matched?.images ?? opened.images, work);
  // Of few images the broken ones may be all that were chosen for one side; then others are.
  const isLeftEmpty = emptySides(first).length > 0 && first.pictures.broken.length > 0;
  const last = isLeftEmpty && settings.validation !== undefined && 'share' in settings.validation ? await makeOfUsable(first, work) : first;
  const passes = [first, last];
  const made = new Set(passes.flatMap(({ pictures }) => pictures.made)).size;
  const broken = new Map(passes.flatMap(({ pictures }) => pictures.broken).map((image) => [image.file, image]));
  const noted = new Map(passes.flatMap(({ pictures }) => pictures.noted).map((image) => [image.file, image]));
  if (!dryRun) requireUsable(out, last, [...broken.values()]);
  const { done, enlarged, changedCrops } = last.pictures;
  return {
    directory: out,
    source: opened.location,
    kind: opened.kind,
    imageSize,
    dryRun,
    made,
    kept: done.length - made,
    domains: countByDomain(last),
    broken: [...broken.values()],
    noted: [...noted.values()],
    enlarged,
    ...(matched === undefined
      ? {}
      : { boxes: { ...matched.use, cropped: done.filter(({ image }) => matched.boxes.boxOf.has(image)).length, ...changedCrops } }),
    passedOver: opened.passedOver,
    foreign: dryRun ? [] : await foreignPictures(out, done),
    notes: [...opened.notes, ...(matched?.notes ?? [])],
  };
}

/** Images with their places, and what became of them. */
interface Pass {
  readonly placed: readonly PlacedImage[];
  readonly pictures: MadePictures;
}

async function makeOf(images: PreparationSource['images'], { opened, out, settings, matched }: Work): Promise<Pass> {
  const { imageSize, fit, format, seed, dryRun, signal } = settings;
  const chosen = await assignSplits({ ...opened, images }, settings.validation, seed, matched?.leftOut);
  const identity: PreparationIdentity = {
    format: 1,
    source: opened.location,
    imageSize,
    fit,
    pictures: format,
    validation: chosen.identity,
    seed,
    boxes: matched?.use.kind,
    boxMargin: matched?.use.margin,
    withoutBox: matched?.use.without,
  };
  const boxes = matched?.boxes;
  const known = (await readManifest(out, identity)) ?? new Map<string, ManifestEntry>();
  const placed = placeImages(chosen.images, format, new Map([...known].map(([path, { output }]) => [path, output])));
  if (dryRun) return { placed, pictures: await makePictures({ out, placed, known, settings, boxes }) };
  await mkdir(join(out, asideName), { recursive: true });
  const manifest = await openManifest(out, identity, known);
  try {
    const pictures = await makePictures({ out, placed, known, settings, boxes, manifest });
    signal?.throwIfAborted();
    return { placed, pictures };
  } finally {
    await manifest.close();
    await rm(join(out, asideName), { recursive: true, force: true });
  }
}

/** Chooses among what is left of the images; those of domains that are too small for it stay as they are. */
async function makeOfUsable(first: Pass, work: Work): Promise<Pass> {
  const usable = new Set(first.pictures.done.map(({ image }) => image));
  const numbers = countByDomain(first);
  if (numbers.some(({ train, validation }) => train + validation < 2)) return first;
  return makeOf(
    work.opened.images.filter((image) => usable.has(image)),
    work,
  );
}

function countByDomain({ placed, pictures: { done } }: Pass): PreparedDomain[] {
  const counts = new Map(placed.map(({ image }) => [image.domain, { train: 0, validation: 0 }]));
  for (const { image, split } of done) counts.get(image.domain)![split] += 1;
  return [...counts].map(([name, numbers]) => ({ name, ...numbers })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Domains without pictures to train on, or to validate with although others have such. */
function emptySides(pass: Pass): PreparedDomain[] {
  const validates = pass.placed.some(({ split }) => split === 'validation');
  return countByDomain(pass).filter(({ train, validation }) => train === 0 || (validation === 0 && validates));
}

/** @throws Error where a domain is left without pictures */
function requireUsable(out: string, pass: Pass, broken: readonly SkippedImage[]): void {
  for (const { name, train } of emptySides(pass)) {
    const domain = `the domain "${printablePath(name)}"`;
    throw new Error(
      `prepareDataset: ${domain} has no usable image ${train > 0 ? 'to validate with' : 'to train on'}, so ${printablePath(out)} is no data set yet (${broken.length} broken: ` +
        `${broken
          .slice(0, 3)
          .map(({ file, reason }) => `${printablePath(file)}: ${reason}`)
          .join(', ')}${broken.length > 3 ? ', …' : ''}); repair or remove them, and run it again`,
    );
  }
}

/** Reads the prepared data set as training will, and names what is there besides. */
async function foreignPictures(out: string, done: readonly PlacedImage[]): Promise<string[]> {
  const { train, validation } = await openDataset(out);
  const own = new Set(done.map(({ output }) => output));
  return [train, validation]
    .flatMap((split) => split?.domains.flatMap(({ files }) => files) ?? [])
    .map((file) => relative(out, file).split(sep).join('/'))
    .filter((file) => !own.has(file));
}
