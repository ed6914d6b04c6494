import type { Tensor } from '@tensorflow/tfjs-core';
import { ConfigError } from '@stargan/config';
import type { ParameterSpec } from '@stargan/layers';
import { describeNames } from './describe-names.js';
import { NETWORK_NAMES, type NetworkName, type Networks } from './networks.js';
import { namedParameters, type NamedParameter } from './reference-names.js';

/** Parameters that training leaves as they are: keys by network. */
export type Frozen = Readonly<Partial<Record<NetworkName, ReadonlySet<string>>>>;

/** The largest feature maps, in pixels of a side, whose layers `freezeD` lets train. */
const TRAINED_SIDE = 16;

/**
 * The lower layers of the discriminator: its first convolution, and all that works on feature maps larger than 16×16. The two blocks
 * below, the last convolution and the heads train. At 256² that is the paper's choice for StyleGAN, four of seven layers.
 *
 * Source: Mo, Cho, Shin, arXiv 2002.10964.
 */
function lowerDiscriminator({ discriminator: { specs } }: Networks): string[] {
  const names = specs.map(({ name }) => name);
  const blocks = names.filter((name) => /^main\.\d+\.conv1\.weight$/.test(name)).length;
  if (blocks > 0) {
    // The blocks halve the image down to 4×4: block i, from 1, takes maps of 2 ** (blocks + 3 - i).
    const lower = blocks + 3 - Math.log2(TRAINED_SIDE);
    return Array.from({ length: Math.max(1, lower) }, (_, i) => `discriminator.main.${i}.*`);
  }
  // A classifier of patches: convolutions that halve the image, with an activation behind each.
  const halvings = names.filter((name) => /^main\.\d+\.weight$/.test(name)).length;
  const side = specs.find(({ name }) => name === 'conv2.weight')!.shape[0]!;
  const lower = Math.log2(side) + halvings - Math.log2(TRAINED_SIDE);
  return Array.from({ length: Math.max(1, lower) }, (_, i) => `discriminator.main.${2 * i}.*`);
}

/** Names that stand for patterns. */
const PRESETS: Readonly<Record<string, (networks: Networks) => string[]>> = { freezeD: lowerDiscriminator };

/**
 * The parameters that patterns name. A pattern is compared with whole names as checkpoints have them, `discriminator.main.0.weight` or
 * `mapping_network.shared.0.bias`: `*` stands for any characters, dots included, `?` for one, `[0-3]` for one of those. `freezeD` is the
 * preset of that name, the lower layers of the discriminator.
 *
 * ```js
 * selectFrozen(networks, 'freezeD, mapping_network.shared.*');
 * ```
 *
 * @param networks whose parameters are chosen from
 * @param freeze patterns in a list, or in a text with commas between them; none where it is empty
 * @returns keys by network, of the networks that have any
 * @throws {ConfigError} naming a pattern that no parameter has, with names that are near it, and where nothing is left to train
 */
export function selectFrozen(networks: Networks, freeze: string | readonly string[]): Frozen {
  const all = namedParameters(networks);
  const given = (typeof freeze === 'string' ? freeze.split(',') : freeze).map((pattern) => pattern.trim()).filter((text) => text !== '');
  const chosen = new Set<NamedParameter>();
  for (const text of given) {
    const patterns = Object.hasOwn(PRESETS, text) ? PRESETS[text]!(networks) : [text];
    const matches = patterns.map(matcherOf);
    const found = all.filter((parameter) => matches.some((isMatch) => isMatch(parameter)));
    if (found.length === 0) throw new ConfigError(`freeze: ${text} names no parameter; ${describeNear(text, all)}`);
    for (const parameter of found) chosen.add(parameter);
  }
  if (chosen.size === all.length) throw new ConfigError(`freeze: ${given.join(', ')} leaves nothing to train; name fewer parameters`);
  const keysOf = (name: NetworkName): ReadonlySet<string> =>
    new Set([...chosen].filter(({ network }) => network === name).map(({ key }) => key));
  return Object.fromEntries(NETWORK_NAMES.map((name) => [name, keysOf(name)] as const).filter(([, keys]) => keys.size > 0));
}

/** Compares parameters with a pattern; networks may also be called as they are in configurations, `mappingNetwork`. */
function matcherOf(pattern: string): (parameter: NamedParameter) => boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  let expression: RegExp;
  try {
    expression = new RegExp(`^${source}$`);
  } catch {
    throw new ConfigError(`freeze: ${pattern} is no pattern; [ begins a list of characters such as [0-3], which ] ends`);
  }
  return ({ name, network, key }) => expression.test(name) || expression.test(`${network}.${key}`);
}

/** The names that begin as a pattern does, as far as any do. */
function describeNear(pattern: string, all: readonly NamedParameter[]): string {
  const literal = /^[^*?[]*/.exec(pattern)![0];
  const common = (name: string): number => {
    let length = 0;
    while (length < literal.length && literal[length] === name[length]) length++;
    return length;
  };
  const lengths = all.map(({ name, network, key }) => Math.max(common(name), common(`${network}.${key}`)));
  const longest = Math.max(...lengths);
  const near = all.filter((_, i) => lengths[i] === longest).map(({ name }) => name);
  return `${longest === 0 ? 'there are' : 'near it are'} ${describeNames(near)}; presets are ${Object.keys(PRESETS).join(', ')}`;
}

/**
 * The tensors of a network that train: the same tensors.
 *
 * @param tensors of the network by key
 * @param frozen keys of those that do not
 */
export function withoutFrozen<Value extends Tensor>(
  tensors: Readonly<Record<string, Value>>,
  frozen: ReadonlySet<string> | undefined,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(tensors).filter(([key]) => frozen?.has(key) !== true));
}

/**
 * The parameters of a network that train, in its order.
 *
 * @param networks all four
 * @param name of the network
 * @param frozen what does not train
 */
export const trainedSpecs = (networks: Networks, name: NetworkName, frozen: Frozen): ParameterSpec[] =>
  networks[name].specs.filter((spec) => frozen[name]?.has(spec.name) !== true);
