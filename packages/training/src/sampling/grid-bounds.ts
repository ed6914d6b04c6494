import { PICTURE_PIXELS, shrinkToFit } from './canvas.js';
import type { Pixels } from './pixels.js';

/**
 * Number of domains that grids show.
 *
 * @param domains there are
 * @param limit the most that are shown; 0 shows all
 */
export const shownDomainsOf = (domains: number, limit: number): number => (limit === 0 ? domains : Math.min(domains, limit));

/** How much a set of grids shows: a latent grid per truncation, a reference grid and a cycle strip. */
export interface GridExtent {
  /** Domains there are. */
  readonly domains: number;
  /** Domains that are shown. */
  readonly shown: number;
  /** Sources, and references, of each. */
  readonly sources: number;
  /** Latent codes of each. */
  readonly rows: number;
  /** Latent grids. */
  readonly latentGrids: number;
  /** Height and width of the images. */
  readonly imageSize: number;
}

/**
 * Passes of the generator that the grids take at most: domains with few images take fewer.
 *
 * @param extent how much they show
 */
export function gridPasses({ shown, sources, rows, latentGrids }: GridExtent): number {
  const columns = shown * sources;
  return columns * (latentGrids * shown * rows + columns + 2);
}

/** Passes from which on a set of grids is worth a word before it begins: some minutes at 256² on a processor. */
const MANY_PASSES = 1500;

/**
 * What grids leave out, show smaller or take long for, said before they are drawn; nothing when all is shown.
 *
 * @param extent how much they show
 * @param remedy how all are shown, such as `--domains 0`
 */
export function describeGridBounds(extent: GridExtent, remedy: string): string[] {
  const { domains, shown, sources, rows, imageSize } = extent;
  const passes = gridPasses(extent);
  const columns = shown * sources;
  const shrink = Math.max(
    ...[1 + columns, 1 + shown * rows].map((height) =>
      shrinkToFit({ rows: height, columns: 1 + columns, size: imageSize, maxPixels: PICTURE_PIXELS }),
    ),
  );
  const all = gridPasses({ ...extent, shown: domains });
  return [
    ...(shown < domains
      ? [
          `grids show the first ${shown} of ${domains} domains, in up to ${passes} passes of the generator; ${remedy} shows all, in up to ${all}`,
        ]
      : []),
    ...(shown === domains && passes > MANY_PASSES
      ? [`grids take up to ${passes} passes of the generator; fewer domains or images are shown faster`]
      : []),
    ...(shrink > 1
      ? [`grids of ${1 + columns} columns show images of ${imageSize}×${imageSize} pixels at ${imageSize / shrink}×${imageSize / shrink}`]
      : []),
  ];
}

/** Grids of small images are enlarged to about this many pixels per image. */
const SHOWN_SIZE = 64;

/**
 * How much a grid is enlarged, so that small images can be seen and the picture does not grow beyond bounds.
 *
 * @param imageSize height and width of its images, pixels
 * @param grid its height and width before, pixels
 * @returns a whole number ≥ 1
 */
export function gridScale(imageSize: number, { width, height }: Pick<Pixels, 'width' | 'height'>): number {
  const wanted = Math.round(SHOWN_SIZE / imageSize);
  return Math.max(1, Math.min(wanted, Math.floor(Math.sqrt(PICTURE_PIXELS / (width * height)))));
}
