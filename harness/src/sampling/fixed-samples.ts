import path from 'node:path';
import { loadImages, type ImageFolders } from '@stargan/data';
import type { Config } from '../config/schema.js';
import { cycleStrip, latentGrid, referenceGrid, type LabelledImages } from './grids.js';
import type { Sampler } from './translate.js';
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
export async function loadFixedInputs(folders: ImageFolders, imageSize: number, perDomain = PER_DOMAIN): Promise<FixedInputs> {
  const pick = async (start: number): Promise<LabelledImages> => {
    const chosen = folders.domains.flatMap(({ files }, domain) =>
      Array.from({ length: Math.min(perDomain, files.length) }, (_, i) => ({ domain, file: files[(start + i) % files.length]! })),
    );
    const data = await loadImages(chosen.map(({ file }) => file), imageSize);
    return { size: imageSize, data, domains: chosen.map(({ domain }) => domain) };
  };
  const sources = await pick(0);
  const references = await pick(perDomain);
  return { sources, references };
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
