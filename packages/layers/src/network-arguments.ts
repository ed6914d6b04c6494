import { isTensor, requireDomainTensor, type DomainLabels } from './domain-weights.js';

/**
 * log₂ of an image size.
 *
 * @param network name for error messages
 * @param imageSize height and width of the images in pixels: a power of two ≥ 16
 * @throws unless `imageSize` is a power of two ≥ 16
 */
export function imageLevels(network: string, imageSize: number): number {
  const levels = Math.log2(imageSize);
  if (!Number.isInteger(levels) || levels < 4) {
    throw new Error(`${network}: imageSize must be a power of two ≥ 16, got ${imageSize}`);
  }
  return levels;
}

/** Widths of a network: the first is widthBudget / imageSize, then doubling per level up to maxWidth. */
export interface WidthOptions {
  /** First width × image size (default 2¹⁴). */
  widthBudget?: number | undefined;
  /** Cap of the doubled widths (default 512). */
  maxWidth?: number | undefined;
}

/**
 * Channels at the first and after each of `levels` halvings of the resolution: levels + 1 numbers.
 * The first is not capped, as in the reference.
 *
 * @param network name for error messages
 * @param imageSize height and width of the images in pixels
 * @param levels number of halvings of the resolution, ≥ 0
 * @param options first width × image size, and the cap of the widths
 * @throws when the budget gives no channel or the cap is below 1
 */
export function levelWidths(
  network: string,
  imageSize: number,
  levels: number,
  { widthBudget = 2 ** 14, maxWidth = 512 }: WidthOptions,
): number[] {
  const first = Math.floor(widthBudget / imageSize);
  if (!(first >= 1)) throw new Error(`${network}: widthBudget / imageSize must be at least 1 channel, got ${widthBudget} / ${imageSize}`);
  if (!Number.isInteger(maxWidth) || maxWidth < 1) throw new Error(`${network}: maxWidth must be a whole number ≥ 1, got ${maxWidth}`);
  const widths = [first];
  for (let level = 0; level < levels; level++) widths.push(Math.min(widths[level]! * 2, maxWidth));
  return widths;
}

/**
 * Fails unless `value` is a whole number ≥ 1.
 *
 * @param network name for error messages
 * @param name of the argument, for error messages
 * @param value that was given
 */
export function requirePositiveInteger(network: string, name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new Error(`${network}: ${name} must be a whole number ≥ 1, got ${value}`);
}

/**
 * Fails unless every domain is a whole number from 0 to domains − 1 and there is one per sample. Of a tensor only the shape is
 * checked, since reading it back would wait for the device.
 *
 * @param network name for error messages
 * @param sampleDomains label of each sample, in any form
 * @param batch number of samples
 * @param domains number of domains
 */
export function requireDomainLabels(network: string, sampleDomains: DomainLabels, batch: number, domains: number): void {
  if (isTensor(sampleDomains)) {
    requireDomainTensor(network, sampleDomains, batch, domains);
    return;
  }
  const given: unknown = sampleDomains;
  if (!Array.isArray(given) && !ArrayBuffer.isView(given)) {
    const what = given instanceof Promise ? 'a promise; await it first' : String(given);
    throw new Error(`${network}: domain must be a tensor or an array of whole numbers, got ${what}`);
  }
  if (sampleDomains.length !== batch) {
    throw new Error(`${network}: domain must hold one number per sample, got ${sampleDomains.length} for a batch of ${batch}`);
  }
  for (const domain of Array.from(sampleDomains)) {
    if (!Number.isInteger(domain) || domain < 0 || domain >= domains) {
      throw new Error(`${network}: domain must be a whole number from 0 to ${domains - 1}, got ${domain}`);
    }
  }
}

/**
 * Fails unless `image` is [batch, imageSize, imageSize, 3].
 *
 * @param network name for error messages
 * @param shape of the tensor that was given as `image`
 * @param imageSize height and width that the network is for, in pixels
 */
export function requireImage(network: string, shape: readonly number[], imageSize: number): void {
  if (shape.length !== 4 || shape[1] !== imageSize || shape[2] !== imageSize || shape[3] !== 3) {
    throw new Error(`${network}: image must be [batch, ${imageSize}, ${imageSize}, 3], got [${shape.join(', ')}]`);
  }
}
