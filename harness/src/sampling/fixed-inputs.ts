import { ImageFileError, loadImages, type ImageFolders } from '@stargan/data';
import { type ImageBatch, joinImages, type LabelledImages, shownDomainsOf } from '@stargan/training';
import type { Config } from '../config/schema.js';
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
  say: (line: string) => void = console.error,
): Promise<FixedInputs> {
  const shownDomains = shownDomainsOf(folders.domains.length, sampleDomains);
  const shown = folders.domains.slice(0, shownDomains);
  const found = await Promise.all(shown.map(({ files }) => loadFirst(files, 2 * sampleSources, imageSize, onCorrupt, say)));
  // A domain with few images shows the same ones as sources and as references.
  const pick = (start: number): LabelledImages => {
    const chosen = found.flatMap((images, domain) =>
      Array.from({ length: Math.min(sampleSources, images.length) }, (_, i) => ({ domain, image: images[(start + i) % images.length]! })),
    );
    return { ...joinImages(chosen.map(({ image }) => image)), domains: chosen.map(({ domain }) => domain) };
  };
  return { sources: pick(0), references: pick(sampleSources), shownDomains };
}

/** The first `count` images that can be used. @throws ImageFileError at a broken one unless it may be skipped, or when none is left */
async function loadFirst(
  files: readonly string[],
  count: number,
  size: number,
  onCorrupt: Config['onCorrupt'],
  say: (line: string) => void,
): Promise<ImageBatch[]> {
  const images: ImageBatch[] = [];
  let failure: unknown;
  for (const file of files) {
    if (images.length === count) break;
    try {
      images.push({ size, data: await loadImages([file], size) });
    } catch (error) {
      if (onCorrupt === 'refuse' || !(error instanceof ImageFileError)) throw withCommandLineRemedy(error);
      failure = error;
      say(describeLeftOut(error));
    }
  }
  if (images.length === 0) throw failure;
  return images;
}
