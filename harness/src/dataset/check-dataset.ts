import { checkImages, findTooManyBroken, printablePath, type Dataset, type DatasetReport, type SkippedImage } from '@stargan/data';
import type { Config } from '../config/schema.js';
import { count, counted } from './describe-dataset.js';

/** What a check at the start of a training found. */
export interface DatasetCheck {
  /** How closely was looked. */
  readonly check: Config['checkImages'];
  /** Number of broken images. */
  readonly broken: number;
}

/** What a run keeps of its images. */
export type DatasetRecord = DatasetReport & DatasetCheck;

/** What {@link checkDataset} goes by. */
export type CheckPolicy = Pick<Config, 'onCorrupt' | 'corruptLimit' | 'checkImages'>;

/** How to train without broken images, on the command line. */
export const REPLACE_REMEDY = 'train without it: --set onCorrupt=replace';
export const LIMIT_REMEDY = 'raise the limit: --set corruptLimit=SHARE';

/** Images from which on a check takes long enough to be announced. */
const ANNOUNCED = { header: 5000, full: 200 };
const LISTED = 10;
const SECONDS_BETWEEN_LINES = 10;

/**
 * Looks for broken images before a training begins.
 *
 * @param say takes lines: that it begins, where it takes long, and what was found
 * @throws Error listing them when there are any and `onCorrupt` is `refuse`
 * @throws BrokenImagesError when more of a domain are broken than `corruptLimit` allows and `onCorrupt` is `replace`
 * @returns what was found; `none` was checked where the signal was aborted
 */
export async function checkDataset(
  { directory, train, validation }: Dataset,
  { onCorrupt, corruptLimit, checkImages: check }: CheckPolicy,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<DatasetCheck> {
  if (check === 'none') return { check, broken: 0 };
  const files = [train, validation].flatMap((split) => split?.domains.flatMap((domain) => domain.files) ?? []);
  const began = performance.now();
  if (files.length >= ANNOUNCED[check])
    say(
      check === 'full'
        ? `decoding all ${count(files.length)} images to check them`
        : `looking at the beginning and end of ${count(files.length)} image files`,
    );
  const broken = await checkImages(files, { check, onProgress: every(files.length, say), signal }).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error;
    return undefined;
  });
  if (broken === undefined) return { check: 'none', broken: 0 };
  const seconds = (performance.now() - began) / 1000;
  if (files.length >= ANNOUNCED[check])
    say(
      `checked ${count(files.length)} images in ${seconds.toFixed(1)} s: ${broken.length === 0 ? 'none looks broken' : `${count(broken.length)} broken`}`,
    );
  if (broken.length === 0) return { check, broken: 0 };
  if (onCorrupt === 'refuse')
    throw new Error(
      `${counted(broken.length, 'image')} of ${count(files.length)} cannot be used: ${listBroken(broken, directory ?? train.directory)}; repair or remove them, or ${REPLACE_REMEDY}`,
    );
  for (const split of [train, validation]) {
    const excess = split && onCorrupt === 'replace' ? findTooManyBroken(split, broken, corruptLimit, LIMIT_REMEDY) : undefined;
    if (excess !== undefined) throw excess;
  }
  say(
    `${counted(broken.length, 'image')} of ${count(files.length)} cannot be used and ${broken.length === 1 ? 'is' : 'are'} replaced by others: ${listBroken(broken, directory ?? train.directory)}`,
  );
  return { check, broken: broken.length };
}

function listBroken(broken: readonly SkippedImage[], directory: string): string {
  const listed = broken.slice(0, LISTED).map(({ file, reason }) => `${printablePath(file)} (${reason})`);
  return broken.length > LISTED
    ? `${listed.join(', ')} and ${count(broken.length - LISTED)} more (stargan dataset inspect ${printablePath(directory)} lists all)`
    : listed.join(', ');
}

/** Says how far it is, now and then. */
function every(total: number, say: (line: string) => void): (done: number) => void {
  let said = performance.now();
  return (done) => {
    const now = performance.now();
    if (now - said < SECONDS_BETWEEN_LINES * 1000) return;
    said = now;
    say(`checked ${count(done)} of ${count(total)} images`);
  };
}
