import { tensor2d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { decodeImage, pixelsToFloats, printablePath } from '@stargan/data';
import { interpolate, type Model } from '@stargan/training';
import { fitToPlacement, placePicture, type Fit } from './fit.js';
import { RequestError, requireWhole } from './request-error.js';
import type { Style } from './style.js';

/** How styles are made. */
export interface StyleOptions {
  /** How far styles are drawn towards the mean style of their domain: 1 (default) leaves them alone, 0 gives the mean. */
  readonly psi?: number | undefined;
}

/** How styles of reference pictures are made. */
export interface ReferenceOptions extends StyleOptions {
  /** How a picture that is not square is brought to a square. Default `crop`. */
  readonly fit?: Fit | undefined;
  /** Pixels that a picture may have. Default 100,000,000. */
  readonly maxPixels?: number | undefined;
}

/**
 * The name of a model's domain, whichever way it is composed.
 *
 * @param model whose domains are meant
 * @param domain a name, or a label from 0
 * @throws RequestError naming the domains there are
 */
export function requireDomain({ domains }: Pick<Model, 'domains'>, domain: string | number): string {
  const name = typeof domain === 'number' ? domains[domain] : domain.normalize('NFC');
  if (name !== undefined && domains.includes(name)) return name;
  throw new RequestError(
    `the model has no domain ${printablePath(JSON.stringify(domain))}; its domains are ${domains.map(printablePath).join(', ')}`,
  );
}

/** What tells one model, at one checkpoint, from another. */
function identityOf({ checkpoint }: Pick<Model, 'checkpoint'>): string | undefined {
  return checkpoint.manifest.files.find(({ name }) => name === 'generator_ema.safetensors')?.sha256;
}

/** @throws RequestError unless ψ is a number ≥ 0 */
function requirePsi(psi: number): void {
  if (!Number.isFinite(psi) || psi < 0) throw new RequestError(`psi must be a number ≥ 0, got ${psi}`);
}

const truncated = (origin: string, psi: number): string => (psi === 1 ? origin : `${origin}, psi ${psi}`);

/**
 * The style of a random latent code.
 *
 * @param model makes it
 * @param domain of the style, by name or label
 * @param seed the same one gives the same style
 * @param options truncation
 * @throws RequestError naming what is wrong
 */
export async function styleFromSeed(model: Model, domain: string | number, seed: number, { psi = 1 }: StyleOptions = {}): Promise<Style> {
  const name = requireDomain(model, domain);
  requireWhole('the seed', seed, 0);
  requirePsi(psi);
  const tensor = model.mapLatent(seed, name, { psi });
  try {
    return {
      values: Float32Array.from(await tensor.data<'float32'>()),
      domains: [name],
      origin: truncated(`seed ${seed}`, psi),
      model: identityOf(model),
    };
  } finally {
    tensor.dispose();
  }
}

/**
 * The style of a reference picture.
 *
 * @param model makes it
 * @param domain that the picture is of, by name or label
 * @param file path of a picture, of any size and format that `@stargan/data` reads
 * @param options how the picture is fitted, and truncation
 * @throws ImageFileError when the picture cannot be read
 * @throws RequestError naming what is wrong otherwise
 */
export async function styleFromPicture(
  model: Model,
  domain: string | number,
  file: string,
  { psi = 1, fit = 'crop', maxPixels }: ReferenceOptions = {},
): Promise<Style> {
  const name = requireDomain(model, domain);
  requirePsi(psi);
  const { imageSize: size } = model;
  const image = await decodeImage(file, { maxPixels });
  const floats = pixelsToFloats(fitToPlacement(image, size, placePicture(image.width, image.height, size, fit)));
  const tensor = tidy(() => model.encodeStyle(tensor4d(floats, [1, size, size, 3]), name));
  try {
    const values = Float32Array.from(await tensor.data<'float32'>());
    const origin = truncated(`reference ${printablePath(file)}`, psi);
    return { values: await truncateValues(model, name, values, psi), domains: [name], origin, model: identityOf(model) };
  } finally {
    tensor.dispose();
  }
}

/**
 * A style drawn towards the mean style of its domain.
 *
 * @param model that the style is of
 * @param style of a single domain
 * @param psi 1 leaves it alone, 0 gives the mean
 * @throws RequestError when the style is of several domains, which have no mean in common
 */
export async function truncateToMean(model: Model, style: Style, psi: number): Promise<Style> {
  requirePsi(psi);
  if (psi === 1) return style;
  if (style.domains.length !== 1)
    throw new RequestError(
      `psi draws a style towards the mean of its domain, but ${style.origin} is of several: ${style.domains.join(', ')}; leave psi out`,
    );
  const values = await truncateValues(model, requireDomain(model, style.domains[0]!), style.values, psi);
  return { ...style, values, origin: truncated(style.origin, psi) };
}

async function truncateValues(model: Model, domain: string, values: Float32Array, psi: number): Promise<Float32Array> {
  if (psi === 1) return values;
  const mean = model.mapLatent(0, domain, { psi: 0 });
  try {
    return interpolate(Float32Array.from(await mean.data<'float32'>()), values, psi);
  } finally {
    mean.dispose();
  }
}

/**
 * Checks that a style can be used with a model.
 *
 * @returns what should be known about it; nothing where it is of this very model
 * @throws RequestError when its length or its domains are not the model's
 */
export function requireStyleOf(model: Model, style: Style): string | undefined {
  if (style.values.length !== model.styleDim)
    throw new RequestError(
      `the style (${style.origin}) has ${style.values.length} values, the model's have ${model.styleDim}; it is of another model`,
    );
  for (const domain of style.domains) requireDomain(model, domain);
  const identity = identityOf(model);
  return style.model === undefined || identity === undefined || style.model === identity
    ? undefined
    : `the style (${style.origin}) was made with another checkpoint or model, and may look different with this one`;
}

/**
 * Styles as a tensor for `translate`.
 *
 * @param styles of one length
 * @returns [styles, styleDim]; the caller owns it
 */
export function styleTensor(styles: readonly Style[]): ReturnType<typeof tensor2d> {
  const length = styles[0]!.values.length;
  const values = new Float32Array(styles.length * length);
  styles.forEach((style, i) => values.set(style.values, i * length));
  return tensor2d(values, [styles.length, length]);
}
