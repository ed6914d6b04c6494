import type { ImageFolders } from './image-folders.js';
import { printablePath } from './path-names.js';
import type { SkippedImage } from './training-batch.js';

/** How many of so many images may be broken: the share, and one in any case. */
export function allowedBroken(images: number, limit: number): number {
  return Math.max(1, Math.floor(limit * images));
}

/** Too many images of a domain are broken to train without them. */
export class BrokenImagesError extends Error {
  /** Tells it apart from other errors, also where two copies of the package are loaded. */
  override readonly name = 'BrokenImagesError';

  /**
   * @param domain name of the domain
   * @param images number of all its images
   * @param limit share of them that may be broken
   * @param broken the broken ones that are known
   * @param remedy what to do besides repairing them
   */
  constructor(
    readonly domain: string,
    readonly images: number,
    readonly limit: number,
    readonly broken: readonly SkippedImage[],
    readonly remedy = 'raise corruptLimit to train without them',
  ) {
    super(
      `${broken.length} of the ${images} images of "${printablePath(domain)}" are broken, at most ${allowedBroken(images, limit)} may be (corruptLimit ${limit}): ` +
        `${listBroken(broken)}; ${repairOf(broken)} or remove them, or ${remedy}`,
    );
  }
}

const shown = 5;

/** Broken images with their reasons, the first few of them. */
function listBroken(broken: readonly SkippedImage[]): string {
  const first = broken.slice(0, shown).map(({ file, reason }) => `${printablePath(file)} (${reason})`);
  return broken.length > shown ? `${first.join(', ')} and ${broken.length - shown} more` : first.join(', ');
}

/** What helps: what is whole, of a kind that is not read, is converted. */
function repairOf(broken: readonly SkippedImage[]): string {
  if (broken.every(({ problem }) => problem === 'box-outside')) return 'correct their boxes';
  const unread = broken.filter(({ problem }) => problem === 'unsupported' || problem === 'not-an-image').length;
  return unread === broken.length ? 'convert' : unread > 0 ? 'repair, convert' : 'repair';
}

/**
 * The first domain of which too many images are broken.
 *
 * @param folders the images
 * @param broken those that cannot be used, each once
 * @param limit share of a domain's images that may be broken, in [0, 1]; one may be in any case
 * @param remedy what to do besides repairing them
 * @returns the error to throw, or undefined where every domain has enough
 */
export function findTooManyBroken(
  folders: ImageFolders,
  broken: readonly SkippedImage[],
  limit: number,
  remedy?: string,
): BrokenImagesError | undefined {
  if (broken.length < 2) return undefined;
  const reasons = new Map(broken.map((image) => [image.file, image]));
  for (const { name, files } of folders.domains) {
    const ofDomain = files.flatMap((file) => reasons.get(file) ?? []);
    if (ofDomain.length > allowedBroken(files.length, limit)) return new BrokenImagesError(name, files.length, limit, ofDomain, remedy);
  }
  return undefined;
}
