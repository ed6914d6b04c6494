import { loadFirstImages, type ImageFolders } from '@stargan/data';
import { joinImages, type LabelledImages, shownDomainsOf } from '@stargan/training';
import type { Config } from '@stargan/run';
import { describeLeftOut, withCommandLineRemedy } from '../dataset/training-images.js';

/** The pictures that every sample grid of a run shows, so that grids can be compared. */
export interface FixedInputs {
  readonly sources: LabelledImages;
  readonly references: LabelledImages;
  /** Domains that are shown, from the first on. */
  readonly shownDomains: number;
}

/** What settles how much grids show. */
export type GridConfig = Pick<Config, 'imageSize' | 'onCorrupt' | 'sampleDomains' | 'sampleSources'>;

/** The first images of each domain that is shown as sources, the ones after them as references. */
export async function loadFixedInputs(
  folders: ImageFolders,
  { imageSize, onCorrupt, sampleDomains, sampleSources }: GridConfig,
  log: (line: string) => void = console.error,
): Promise<FixedInputs> {
  const shownDomains = shownDomainsOf(folders.domains.length, sampleDomains);
  const shown = folders.domains.slice(0, shownDomains);
  const found = await Promise.all(
    shown.map(({ files }) =>
      loadFirstImages(files, 2 * sampleSources, imageSize, {
        refuse: onCorrupt === 'refuse',
        onLeftOut: (error) => log(describeLeftOut(error)),
      }).catch((error: unknown) => {
        throw withCommandLineRemedy(error);
      }),
    ),
  );
  // A domain with few images shows the same ones as sources and as references.
  const pick = (start: number): LabelledImages => {
    const chosen = found.flatMap((images, domain) =>
      Array.from({ length: Math.min(sampleSources, images.length) }, (_, i) => ({
        domain,
        image: { size: imageSize, data: images[(start + i) % images.length]! },
      })),
    );
    return { ...joinImages(chosen.map(({ image }) => image)), domains: chosen.map(({ domain }) => domain) };
  };
  return { sources: pick(0), references: pick(sampleSources), shownDomains };
}
