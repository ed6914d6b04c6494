import { gather, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { latentCodes } from '../training/batches.js';
import { tileImages, type Pixels } from './pixels.js';
import { countImages, encodeStyles, joinImages, selectImages, translate, type ImageBatch, type Sampler } from './translate.js';
import { averageStyle, truncateStyle } from './truncation.js';

/** Images with the domain of each. */
export interface LabelledImages extends ImageBatch {
  /** Label of each image. */
  readonly domains: readonly number[];
}

/** Latent codes whose mean style truncation draws towards. */
const AVERAGED_LATENTS = 10_000;

/** White images, for the corner of a grid. */
function blank(size: number): ImageBatch {
  return { size, data: new Float32Array(size * size * 3).fill(1) };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** A row of the grid: every source in one style [1, styleDim]. */
function translateRow(sampler: Sampler, sources: ImageBatch, style: Tensor2D): ImageBatch {
  const count = countImages(sources);
  const styles = selectStyles(style, range(count).map(() => 0));
  const row = translate(sampler, sources, styles);
  styles.dispose();
  return row;
}

/** Some rows of [count, styleDim]; the caller owns the result. */
function selectStyles(styles: Tensor2D, rows: readonly number[]): Tensor2D {
  return tidy(() => gather(styles, tensor1d([...rows], 'int32')));
}

function tile(images: ImageBatch, columns: number): Pixels {
  return tileImages(images.data, images.size, images.size, columns);
}

/**
 * Latent-guided grid: the sources in the first row; below, per domain, one row per latent code.
 *
 * @param sampler the networks, and the weights to sample with
 * @param sources images [count, size, size, 3] in [-1, 1], a column each
 * @param options number of `domains`, and of `rows` in each; `latentDim`, the length of a latent code; `psi`,
 *   truncation, 1 for none; `seed` of the latent codes, which are the same for every domain
 */
export function latentGrid(
  sampler: Sampler,
  sources: ImageBatch,
  { domains, latentDim, rows, psi, seed }: { domains: number; latentDim: number; rows: number; psi: number; seed: number },
): Pixels {
  const images: ImageBatch[] = [sources];
  for (let domain = 0; domain < domains; domain++) {
    const styles = latentStyles(sampler, { domain, latentDim, count: rows, psi, seed });
    for (const style of rowsOf(styles)) images.push(translateRow(sampler, sources, style));
    styles.dispose();
  }
  return tile(joinImages(images), countImages(sources));
}

/** Styles of one domain from latent codes, truncated. [count, styleDim]; the caller owns it. */
export function latentStyles(
  { networks, weights }: Sampler,
  { domain, latentDim, count, psi, seed }: { domain: number; latentDim: number; count: number; psi: number; seed: number },
): Tensor2D {
  const { mappingNetwork } = networks;
  return tidy(() => {
    const latent = tensor2d(latentCodes(count, latentDim, seed, 'sample-latent'), [count, latentDim]);
    const style = mappingNetwork.apply(weights.mappingNetwork, latent, range(count).map(() => domain));
    if (psi === 1) return style;
    const many = tensor2d(latentCodes(AVERAGED_LATENTS, latentDim, seed, 'average-latent'), [AVERAGED_LATENTS, latentDim]);
    return truncateStyle(style, averageStyle(mappingNetwork, weights.mappingNetwork, many, domain), psi);
  });
}

function* rowsOf(styles: Tensor2D): Generator<Tensor2D> {
  for (let row = 0; row < styles.shape[0]; row++) {
    const style = selectStyles(styles, [row]);
    yield style;
    style.dispose();
  }
}

/**
 * Reference-guided grid: the sources in the first row, the references in the first column.
 *
 * @param sampler the networks, and the weights to sample with
 * @param sources images [count, size, size, 3] in [-1, 1], a column each
 * @param references images of the same size, a row each; the label of each settles how its style is encoded
 */
export function referenceGrid(sampler: Sampler, sources: ImageBatch, references: LabelledImages): Pixels {
  const images: ImageBatch[] = [blank(sources.size), sources];
  const styles = encodeStyles(sampler, references, references.domains);
  let row = 0;
  for (const style of rowsOf(styles)) {
    images.push(selectImages(references, [row++]), translateRow(sampler, sources, style));
  }
  styles.dispose();
  return tile(joinImages(images), countImages(sources) + 1);
}

/**
 * Cycle strip: sources, references, translations, and the sources reconstructed from them, a row each.
 *
 * @param sampler the networks, and the weights to sample with
 * @param sources images [count, size, size, 3] in [-1, 1] and the label of each
 * @param references one for each source, of the same size; what one of the two has more of is left out
 */
export function cycleStrip(sampler: Sampler, sources: LabelledImages, references: LabelledImages): Pixels {
  const count = Math.min(countImages(sources), countImages(references));
  const indices = range(count);
  const source = selectImages(sources, indices);
  const reference = selectImages(references, indices);
  const style = encodeStyles(sampler, reference, references.domains.slice(0, count));
  const ownStyle = encodeStyles(sampler, source, sources.domains.slice(0, count));
  const translated = translate(sampler, source, style);
  const reconstructed = translate(sampler, translated, ownStyle);
  style.dispose();
  ownStyle.dispose();
  return tile(joinImages([source, reference, translated, reconstructed]), count);
}
