import { PICTURE_PIXELS, shrinkToFit } from '@stargan/training';

/** Domains that grids show: at most `limit`, all for 0. */
export const shownOf = (domains: number, limit: number): number => (limit === 0 ? domains : Math.min(domains, limit));

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

/** Passes of the generator that the grids take at most: domains with few images take fewer. */
export function generatorPasses({ shown, sources, rows, latentGrids }: GridExtent): number {
  const columns = shown * sources;
  return columns * (latentGrids * shown * rows + columns + 2);
}

/** Passes from which on a set of grids is worth a word before it begins: some minutes at 256² on a processor. */
const MANY_PASSES = 1500;

/**
 * What grids leave out, show smaller or take long for, said before they are drawn; nothing when all is shown.
 *
 * @param remedy how all are shown, such as `--domains 0`
 */
export function describeBounds(extent: GridExtent, remedy: string): string[] {
  const { domains, shown, sources, rows, imageSize } = extent;
  const passes = generatorPasses(extent);
  const columns = shown * sources;
  const shrink = Math.max(
    ...[1 + columns, 1 + shown * rows].map((height) =>
      shrinkToFit({ rows: height, columns: 1 + columns, size: imageSize, maxPixels: PICTURE_PIXELS }),
    ),
  );
  const all = generatorPasses({ ...extent, shown: domains });
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
