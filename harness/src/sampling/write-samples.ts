import path from 'node:path';
import { writePng } from '@stargan/data';
import { cycleStrip, gridScale, latentGrid, otherDomains, type Pixels, referenceGrid, type Sampler } from '@stargan/training';
import type { Config } from '@stargan/run';
import type { FixedInputs } from './fixed-inputs.js';

/** Latent codes per domain in the grids of a training. */
export const LATENT_ROWS = 3;

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
