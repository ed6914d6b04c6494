import { checkImages } from '../check-images.js';
import { findTooManyBroken } from '../corrupt-limit.js';
import type { Dataset } from '../dataset.js';
import { printablePath } from '../path-names.js';
import type { OnCorrupt, SkippedImage } from '../training-batch.js';
import { counted, formatCount } from './counts.js';

/** What {@link checkDataset} found. */
export interface DatasetCheck {
  /** How closely it looked: at the beginning and end of each file, at all of it, or not at all. */
  readonly check: 'header' | 'full' | 'none';
  /** Number of broken images. */
  readonly broken: number;
}

/** Options of {@link checkDataset}. */
export interface CheckDatasetOptions {
  /** How closely to look. Default `header`. */
  readonly check?: DatasetCheck['check'] | undefined;
  /** What happens to broken images in training. Default `replace`. */
  readonly onCorrupt?: OnCorrupt | undefined;
  /** Share of a domain's images that may be broken and replaced; one may be in any case. Default 0.1. */
  readonly corruptLimit?: number | undefined;
  /** Told that the check begins, where it takes long, and what was found. */
  readonly log?: ((line: string) => void) | undefined;
  /** Aborting it ends the check, which then counts as `none`. */
  readonly signal?: AbortSignal | undefined;
  /** Remedies as the program that calls this offers them. */
  readonly remedies?: CheckRemedies | undefined;
}

/** What to do about broken images besides repairing them, as messages say it. */
export interface CheckRemedies {
  /** How to train without them. Default: `set onCorrupt: 'replace' to train without them`. */
  readonly replace: string;
  /** How to allow more of them. Default: `raise corruptLimit to train without them`. */
  readonly limit: string;
  /** How to see all of them. Default: `checkImages lists all`. */
  readonly list: string;
}

const REMEDIES: CheckRemedies = {
  replace: "set onCorrupt: 'replace' to train without them",
  limit: 'raise corruptLimit to train without them',
  list: 'checkImages lists all',
};

/** Number of images from which on a check takes long enough to be announced. */
const ANNOUNCED = { header: 5000, full: 200 };
const LISTED = 10;
const SECONDS_BETWEEN_LINES = 10;

/**
 * Looks for broken images before a training begins.
 *
 * @param dataset as `openDataset` finds it
 * @param options how closely to look, what is tolerated, who is told about it and what stops it
 * @throws Error listing them when there are any and `onCorrupt` is `refuse`
 * @throws BrokenImagesError when more of a domain are broken than `corruptLimit` allows and `onCorrupt` is `replace`
 * @returns what was found
 */
export async function checkDataset(
  { train, validation }: Dataset,
  {
    check = 'header',
    onCorrupt = 'replace',
    corruptLimit = 0.1,
    log = () => undefined,
    signal,
    remedies = REMEDIES,
  }: CheckDatasetOptions = {},
): Promise<DatasetCheck> {
  if (check === 'none') return { check, broken: 0 };
  const files = [train, validation].flatMap((split) => split?.domains.flatMap((domain) => domain.files) ?? []);
  const began = performance.now();
  if (files.length >= ANNOUNCED[check])
    log(
      check === 'full'
        ? `decoding all ${formatCount(files.length)} images to check them`
        : `looking at the beginning and end of ${formatCount(files.length)} image files`,
    );
  const broken = await checkImages(files, { check, onProgress: every(files.length, log), signal }).catch((error: unknown) => {
    if (signal?.aborted !== true) throw error;
    return undefined;
  });
  if (broken === undefined) return { check: 'none', broken: 0 };
  const seconds = (performance.now() - began) / 1000;
  if (files.length >= ANNOUNCED[check])
    log(
      `checked ${formatCount(files.length)} images in ${seconds.toFixed(1)} s: ${broken.length === 0 ? 'none looks broken' : `${formatCount(broken.length)} broken`}`,
    );
  if (broken.length === 0) return { check, broken: 0 };
  const listed = listBroken(broken, remedies.list);
  if (onCorrupt === 'refuse')
    throw new Error(
      `${counted(broken.length, 'image')} of ${formatCount(files.length)} cannot be used: ${listed}; repair or remove them, or ${remedies.replace}`,
    );
  for (const split of [train, validation]) {
    const excess = split && onCorrupt === 'replace' ? findTooManyBroken(split, broken, corruptLimit, remedies.limit) : undefined;
    if (excess !== undefined) throw excess;
  }
  log(
    `${counted(broken.length, 'image')} of ${formatCount(files.length)} cannot be used and ${broken.length === 1 ? 'is' : 'are'} replaced by others: ${listed}`,
  );
  return { check, broken: broken.length };
}

function listBroken(broken: readonly SkippedImage[], remedy: string): string {
  const listed = broken.slice(0, LISTED).map(({ file, reason }) => `${printablePath(file)} (${reason})`);
  return broken.length > LISTED ? `${listed.join(', ')} and ${formatCount(broken.length - LISTED)} more (${remedy})` : listed.join(', ');
}

/** Reports the progress now and then. */
function every(total: number, log: (line: string) => void): (done: number) => void {
  let logged = performance.now();
  return (done) => {
    const now = performance.now();
    if (now - logged < SECONDS_BETWEEN_LINES * 1000) return;
    logged = now;
    log(`checked ${formatCount(done)} of ${formatCount(total)} images`);
  };
}
