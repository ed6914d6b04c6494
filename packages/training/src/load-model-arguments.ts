import type { Tensor } from '@tensorflow/tfjs-core';

/** A domain by its name, or by its label: its place among the model's domains, from 0. */
export type DomainChoice = number | string;

/** The label of a domain. @throws naming the domains there are */
export function requireLabel(method: string, domain: DomainChoice | undefined, domains: readonly string[]): number {
  const label = typeof domain === 'string' ? domains.indexOf(domain.normalize('NFC')) : (domain ?? -1);
  if (Number.isInteger(label) && label >= 0 && label < domains.length) return label;
  const got = domain === undefined ? 'none' : JSON.stringify(domain);
  throw new Error(`${method}: the domain must be one of ${domains.join(', ')}, or a label from 0 to ${domains.length - 1}, got ${got}`);
}

/** `1 or 3`; `n` where any number will do. */
const describeCounts = (counts: readonly number[] | undefined): string => (counts === undefined ? 'n' : [...new Set(counts)].join(' or '));

const isOf = (tensor: Tensor, counts: readonly number[] | undefined): boolean => {
  const [count = 0] = tensor.shape;
  return counts?.includes(count) ?? count > 0;
};

/**
 * @param counts how many images there may be; any number by default
 * @throws unless it holds float32 images [n, size, size, 3]
 */
export function requireImages(method: string, name: string, image: Tensor, size: number, counts?: readonly number[]): void {
  const [, height, width, channels] = image.shape;
  const fits = image.rank === 4 && height === size && width === size && channels === 3;
  if (fits && image.dtype === 'float32' && isOf(image, counts)) return;
  throw new Error(
    `${method}: ${name} must be float32 [${describeCounts(counts)}, ${size}, ${size}, 3] in [-1, 1], got ${image.dtype} [${image.shape.join(', ')}]`,
  );
}

/**
 * @param counts how many rows there may be; any number by default
 * @throws unless it is [n, length]
 */
export function requireRows(method: string, name: string, tensor: Tensor, length: number, counts?: readonly number[]): void {
  if (tensor.rank === 2 && tensor.shape[1] === length && isOf(tensor, counts)) return;
  throw new Error(`${method}: ${name} must be [${describeCounts(counts)}, ${length}], got [${tensor.shape.join(', ')}]`);
}

/** @throws unless exactly one of the values is given */
export function requireOne(method: string, values: Readonly<Record<string, unknown>>): void {
  const given = Object.keys(values).filter((name) => values[name] !== undefined);
  if (given.length === 1) return;
  const list = Object.keys(values)
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' and ');
  throw new Error(`${method}: one of ${list} is needed, got ${given.join(' and ') || 'none of them'}`);
}

/** @throws unless it is a number ≥ 0 */
export function requirePsi(method: string, psi: number): void {
  if (!Number.isFinite(psi) || psi < 0) throw new Error(`${method}: psi must be a number ≥ 0, got ${psi}`);
}

/** @throws unless it is a whole number ≥ 0 */
export function requireSeed(method: string, seed: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`${method}: the seed must be a whole number ≥ 0, got ${seed}`);
}
