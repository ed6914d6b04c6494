import path from 'node:path';
import { ImageFileError, loadImages, type ImageFolders } from '@stargan/data';
import type { Config } from '../config/schema.js';
import { describeLeftOut, withCommandLineRemedy } from '../dataset/training-images.js';
import { cycleStrip, latentGrid, referenceGrid, type LabelledImages } from './grids.js';
import { joinImages, type ImageBatch, type Sampler } from './translate.js';
import { writePng } from './write-png.js';

/** The pictures that every sample grid of a run shows, so that grids can be compared. */
export interface FixedInputs {
  readonly sources: LabelledImages;
  readonly references: LabelledImages;
}

const PER_DOMAIN = 4;
const LATENT_ROWS = 3;
/** Grids of small images are enlarged to about this many pixels per image. */
const SHOWN_SIZE = 64;

/** The first images of each domain as sources, the ones after them as references. */
export async function loadFixedInputs(
  folders: ImageFolders,
  { imageSize, onCorrupt }: Pick<Config, 'imageSize' | 'onCorrupt'>,
  perDomain = PER_DOMAIN,
  say: (line: string) => void = console.error,
): Promise<FixedInputs> {
  const found = await Promise.all(folders.domains.map(({ files }) => loadFirst(files, 2 * perDomain, imageSize, onCorrupt, say)));
  // A domain with few images shows the same ones as sources and as references.
  const pick = (start: number): LabelledImages => {
    const chosen = found.flatMap((images, domain) =>
      Array.from({ length: Math.min(perDomain, images.length) }, (_, i) => ({ domain, image: images[(start + i) % images.length]! })),
    );
    return { ...joinImages(chosen.map(({ image }) => image)), domains: chosen.map(({ domain }) => domain) };
  };
  return { sources: pick(0), references: pick(perDomain) };
}

/** The first `count` images that can be used. @throws ImageFileError at a broken one unless it may be skipped, or when none is left */
async function loadFirst(files: readonly string[], count: number, size: number, onCorrupt: Config['onCorrupt'], say: (line: string) => void): Promise<ImageBatch[]> {
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

/** How much grids of images of this size are enlarged. */
export function gridScale(imageSize: number): number {
  return Math.max(1, Math.round(SHOWN_SIZE / imageSize));
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

/**
 * Writes the latent grid, the reference grid and the cycle strip of an iteration.
 *
 * @returns the files
 */
export async function writeSamples(sampler: Sampler, inputs: FixedInputs, domains: number, directory: string, name: string, { imageSize, latentDim, seed }: Config): Promise<string[]> {
  const { sources, references } = inputs;
  const pictures = {
    latent: latentGrid(sampler, sources, { domains, latentDim, rows: LATENT_ROWS, psi: 1, seed }),
    reference: referenceGrid(sampler, sources, references),
    cycle: cycleStrip(sampler, sources, otherDomains(references)),
  };
  const files: string[] = [];
  for (const [kind, pixels] of Object.entries(pictures)) {
    const file = path.join(directory, `${name}-${kind}.png`);
    await writePng(file, pixels, gridScale(imageSize));
    files.push(file);
  }
  return files;
}
