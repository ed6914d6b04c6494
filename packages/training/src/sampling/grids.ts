import type { LabelledImages, SquareImages } from '@stargan/metrics';
import { gather, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { yieldToEventLoop } from '../yield-to-event-loop.js';
import { latentCodes } from '../iteration/batch.js';
import { createCanvas, type CanvasLayout } from './canvas.js';
import type { Pixels } from './pixels.js';
import { countImages, encodeStyles, imagesTogether, selectImages, translate, type Sampler } from './translate.js';
import { averageStyle, truncateStyle } from './truncation.js';

/** Latent codes whose mean style truncation draws towards. */
const AVERAGED_LATENTS = 10_000;

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Images that belong side by side, from a place of a grid on. */
interface Piece {
  readonly row: number;
  readonly column: number;
  readonly images: SquareImages;
}

/** What may stop the drawing of a grid. */
export interface DrawingOptions {
  /** Aborting it ends the drawing with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Draws a grid piece by piece. Between pieces signals and timers run, for a grid can take minutes; and only one piece
 * is in memory as floats.
 */
async function draw(layout: CanvasLayout, pieces: Iterable<Piece>, { signal }: DrawingOptions): Promise<Pixels> {
  const canvas = createCanvas(layout);
  signal?.throwIfAborted();
  for (const { row, column, images } of pieces) {
    canvas.place(row, column, images.data);
    await yieldToEventLoop();
    signal?.throwIfAborted();
  }
  return canvas.pixels;
}

/** Every source in one style [1, styleDim], in pieces of what goes through the network together. */
function* translatePieces(sampler: Sampler, sources: SquareImages, style: Tensor2D, row: number, firstColumn: number): Generator<Piece> {
  for (const indices of batchesOf(countImages(sources), sources.size)) {
    const styles = selectStyles(
      style,
      indices.map(() => 0),
    );
    const images = translate(sampler, selectImages(sources, indices), styles);
    styles.dispose();
    yield { row, column: firstColumn + indices[0]!, images };
  }
}

/** Numbers of the images, in batches that go through the networks together. */
function* batchesOf(count: number, size: number): Generator<number[]> {
  const together = imagesTogether(size);
  for (let start = 0; start < count; start += together) yield range(Math.min(together, count - start)).map((i) => start + i);
}

/** Some rows of [count, styleDim]; the caller owns the result. */
function selectStyles(styles: Tensor2D, rows: readonly number[]): Tensor2D {
  return tidy(() => gather(styles, tensor1d([...rows], 'int32')));
}

/** What a latent-guided grid shows. */
export interface LatentGridOptions extends DrawingOptions {
  /** Number of domains, from the first on. */
  readonly domains: number;
  /** Length of a latent code. */
  readonly latentDim: number;
  /** Latent codes of each domain. */
  readonly rows: number;
  /** Truncation, 1 for none. */
  readonly psi: number;
  /** Seed of the latent codes, which are the same for every domain. */
  readonly seed: number;
}

/**
 * Latent-guided grid: the sources in the first row; below, per domain, one row per latent code. Images of a grid that
 * would have more than 2²⁵ pixels are shown smaller.
 *
 * @param sampler the networks, and the weights to sample with
 * @param sources images [count, size, size, 3] in [-1, 1], a column each
 * @param options which styles, and what stops it
 */
export function latentGrid(sampler: Sampler, sources: SquareImages, options: LatentGridOptions): Promise<Pixels> {
  const { domains, rows } = options;
  const layout = { rows: 1 + domains * rows, columns: countImages(sources), size: sources.size };
  return draw(layout, latentPieces(sampler, sources, options), options);
}

function* latentPieces(
  sampler: Sampler,
  sources: SquareImages,
  { domains, latentDim, rows: count, psi, seed }: LatentGridOptions,
): Generator<Piece> {
  yield { row: 0, column: 0, images: sources };
  let row = 1;
  for (let domain = 0; domain < domains; domain++) {
    const styles = latentStyles(sampler, { domain, latentDim, count, psi, seed });
    try {
      for (const style of rowsOf(styles)) yield* translatePieces(sampler, sources, style, row++, 0);
    } finally {
      styles.dispose();
    }
  }
}

/**
 * Styles of one domain from latent codes, truncated.
 *
 * @param sampler the networks, and the weights to sample with
 * @param options the domain as a label, the length of latent codes, the number of styles, ψ of the truncation (1 for none) and the
 *   seed
 * @returns [count, styleDim]; the caller owns it
 */
export function latentStyles(
  { networks, weights }: Sampler,
  { domain, latentDim, count, psi, seed }: { domain: number; latentDim: number; count: number; psi: number; seed: number },
): Tensor2D {
  const { mappingNetwork } = networks;
  return tidy(() => {
    const latent = tensor2d(latentCodes(count, latentDim, seed, 'sample-latent'), [count, latentDim]);
    const style = mappingNetwork.apply(
      weights.mappingNetwork,
      latent,
      range(count).map(() => domain),
    );
    if (psi === 1) return style;
    const many = tensor2d(latentCodes(AVERAGED_LATENTS, latentDim, seed, 'average-latent'), [AVERAGED_LATENTS, latentDim]);
    return truncateStyle(style, averageStyle(mappingNetwork, weights.mappingNetwork, many, domain), psi);
  });
}

function* rowsOf(styles: Tensor2D): Generator<Tensor2D> {
  for (let row = 0; row < styles.shape[0]; row++) {
    const style = selectStyles(styles, [row]);
    try {
      yield style;
    } finally {
      style.dispose();
    }
  }
}

/**
 * Reference-guided grid: the sources in the first row, the references in the first column. Images of a grid that would
 * have more than 2²⁵ pixels are shown smaller.
 *
 * @param sampler the networks, and the weights to sample with
 * @param sources images [count, size, size, 3] in [-1, 1], a column each
 * @param references images of the same size, a row each; the label of each settles how its style is encoded
 * @param options what stops it
 */
export function referenceGrid(
  sampler: Sampler,
  sources: SquareImages,
  references: LabelledImages,
  options: DrawingOptions = {},
): Promise<Pixels> {
  const layout = { rows: 1 + countImages(references), columns: 1 + countImages(sources), size: sources.size };
  return draw(layout, referencePieces(sampler, sources, references), options);
}

function* referencePieces(sampler: Sampler, sources: SquareImages, references: LabelledImages): Generator<Piece> {
  yield { row: 0, column: 1, images: sources };
  for (const index of range(countImages(references))) {
    const reference = selectImages(references, [index]);
    yield { row: 1 + index, column: 0, images: reference };
    const style = encodeStyles(sampler, reference, [references.domains[index]!]);
    try {
      yield* translatePieces(sampler, sources, style, 1 + index, 1);
    } finally {
      style.dispose();
    }
  }
}

/**
 * Cycle strip: sources, references, translations, and the sources reconstructed from them, a row each.
 *
 * @param sampler the networks, and the weights to sample with
 * @param sources images [count, size, size, 3] in [-1, 1] and the label of each
 * @param references one for each source, of the same size; what one of the two has more of is left out
 * @param options what stops it
 */
export function cycleStrip(
  sampler: Sampler,
  sources: LabelledImages,
  references: LabelledImages,
  options: DrawingOptions = {},
): Promise<Pixels> {
  const columns = Math.min(countImages(sources), countImages(references));
  return draw({ rows: 4, columns, size: sources.size }, cyclePieces(sampler, sources, references, columns), options);
}

function* cyclePieces(sampler: Sampler, sources: LabelledImages, references: LabelledImages, columns: number): Generator<Piece> {
  const labels = (domains: readonly number[], indices: readonly number[]): number[] => indices.map((index) => domains[index]!);
  for (const indices of batchesOf(columns, sources.size)) {
    const column = indices[0]!;
    const source = selectImages(sources, indices);
    const reference = selectImages(references, indices);
    const style = encodeStyles(sampler, reference, labels(references.domains, indices));
    const ownStyle = encodeStyles(sampler, source, labels(sources.domains, indices));
    const translated = translate(sampler, source, style);
    const reconstructed = translate(sampler, translated, ownStyle);
    style.dispose();
    ownStyle.dispose();
    for (const [row, images] of [source, reference, translated, reconstructed].entries()) yield { row, column, images };
  }
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
