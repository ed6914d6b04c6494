import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { PictureFile } from '@stargan/report';

/** Kinds of sample grids, and what they show. */
export const GRID_CAPTIONS: Readonly<Record<string, string>> = {
  latent:
    'Latent guided. First row: sources, held out from training. Below, per target domain, one row per latent code: every column keeps its source’s place, every row shows one style.',
  reference:
    'Reference guided. First row: sources; first column: references. Each picture has the content of its column and the domain and style of its row.',
  cycle: 'Cycle. Rows: source, reference, source translated to the reference’s domain and style, and translated back with its own style.',
};

/** Kinds of videos that `stargan video` leaves, and what they show. */
export const VIDEO_CAPTIONS: Readonly<Record<string, string>> = {
  'latent-video': 'Sources, and below their translations, which change from one random style to the next.',
  'reference-video': 'Sources, and below their translations, which take on the styles of the references at the left.',
};

/** Sample grids, or videos, of a run by kind, oldest first. */
export async function listGrids(directory: string, kind: string, ending = 'png'): Promise<PictureFile[]> {
  const names = await readdir(directory).catch(() => [] as string[]);
  return names
    .flatMap((name) => {
      const match = new RegExp(`^(\\d+)-${kind}\\.${ending}$`).exec(name);
      return match === null ? [] : [{ iteration: Number(match[1]), file: path.join(directory, name) }];
    })
    .sort((a, b) => a.iteration - b.iteration);
}
