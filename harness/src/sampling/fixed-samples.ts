import path from 'node:path';
import { ImageFileError, loadImages, type ImageFolders } from '@stargan/data';
import type { Config } from '../config/schema.js';
import { describeLeftOut, withCommandLineRemedy } from '../dataset/training-images.js';
import {
  cycleStrip,
  type ImageBatch,
  joinImages,
  type LabelledImages,
  latentGrid,
  PICTURE_PIXELS,
  type Pixels,
  referenceGrid,
  type Sampler,
} from '@stargan/training';
import { shownOf } from './grid-bounds.js';
import { writePng } from './write-png.js';

/** The pictures that every sample grid of a run shows, so that grids can be compared. */
export interface FixedInputs {
  readonly sources: LabelledImages;
  readonly references: LabelledImages;
  /** Domains that are shown, from the first on. */
  readonly shownDomains: number;
}

/** Grids of small images are enlarged to about this many pixels per image. */
const SHOWN_SIZE = 64;

/** Latent codes per domain in the grids of a training. */
export const LATENT_ROWS = 3;

/** What settles how much grids show. */
export type GridConfig = Pick<Config, 'imageSize' | 'onCorrupt' | 'sampleDomains' | 'sampleSources'>;

/** The first images of each domain that is shown as sources, the ones after them as references. */
export async function loadFixedInputs(
  folders: ImageFolders,
  { imageSize, onCorrupt, sampleDomains, sampleSources }: GridConfig,
  say: (line: string) => void = console.error,
): Promise<FixedInputs> {
  const shownDomains = shownOf(folders.domains.length, sampleDomains);
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

/** How much a grid of images of this size is enlarged, so that small ones can be seen and the picture does not grow beyond bounds. */
export function gridScale(imageSize: number, { width, height }: Pick<Pixels, 'width' | 'height'>): number {
  const wanted = Math.round(SHOWN_SIZE / imageSize);
  return Math.max(1, Math.min(wanted, Math.floor(Math.sqrt(PICTURE_PIXELS / (width * height)))));
}

/** References in an order in which each stands under a source of another domain, for the cycle strip. */
export function otherDomains({ domains, size, data }: LabelledImages): LabelledImages {
  const shift = domains.filter((domain) => domain === domains[0]).length;
  const count = domains.length;
  const values = size * size * 3;
  const rotated = new Float32Array(data.length);
  const rotatedDomains = domains.map((_, i) => {
    const from = (i + shift) % count;
    rotated.set(data.subarray(from * values, (from + 1) * values), i * values);
    return domains[from]!;
  });
  return { size, data: rotated, domains: rotatedDomains };
}

/** A picture that is drawn when its turn comes, and the end of its file's name. */
export type PictureRecipes = Readonly<Record<string, () => Promise<Pixels>>>;

/**
 * Draws and writes pictures one after another, so that one is in memory at a time.
 *
 * @returns the files; those that were whole when `signal` was aborted
 */
export async function writePictures(
  recipes: PictureRecipes,
  directory: string,
  name: string,
  imageSize: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const files: string[] = [];
  for (const [kind, drawPicture] of Object.entries(recipes)) {
    try {
      const pixels = await drawPicture();
      const file = path.join(directory, `${name}-${kind}.png`);
      await writePng(file, pixels, gridScale(imageSize, pixels));
      files.push(file);
    } catch (error) {
      if (signal?.aborted === true && error === signal.reason) break;
      throw error;
    }
  }
  return files;
}

/**
 * Writes the latent grid, the reference grid and the cycle strip of an iteration.
 *
 * @param signal aborting it leaves the pictures out that are not whole yet
 * @returns the files
 */
export function writeSamples(
  sampler: Sampler,
  { sources, references, shownDomains: domains }: FixedInputs,
  directory: string,
  name: string,
  { imageSize, latentDim, seed }: Config,
  signal?: AbortSignal,
): Promise<string[]> {
  const pictures: PictureRecipes = {
    latent: () => latentGrid(sampler, sources, { domains, latentDim, rows: LATENT_ROWS, psi: 1, seed, signal }),
    reference: () => referenceGrid(sampler, sources, references, { signal }),
    cycle: () => cycleStrip(sampler, sources, otherDomains(references), { signal }),
  };
  return writePictures(pictures, directory, name, imageSize, signal);
}
