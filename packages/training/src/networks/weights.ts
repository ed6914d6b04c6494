import { clone, dispose } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { withoutFrozen, type Frozen } from './freeze.js';
import type { NetworkName, Networks, WeightsOf } from './networks.js';

/**
 * Applies `f` to every name, in order.
 *
 * @param names of networks, or any others
 * @param f gets a name and gives the value to keep under it
 */
export function mapNames<Name extends string, Result>(names: readonly Name[], f: (name: Name) => Result): Record<Name, Result> {
  return Object.fromEntries(names.map((name) => [name, f(name)])) as Record<Name, Result>;
}

/**
 * Initial weights of the named networks; the caller owns them.
 *
 * @param networks all four
 * @param names the networks whose weights are made
 * @param seed whole number ≥ 0; a network's weights do not depend on which others are made
 */
export function initialWeights<Name extends NetworkName>(networks: Networks, names: readonly Name[], seed: number): WeightsOf<Name> {
  return mapNames(names, (name) => networks[name].init(seed));
}

/**
 * The same weights as new tensors.
 *
 * @param weights stay as they are
 * @param names the networks whose weights are copied
 */
export function copyWeights<Name extends NetworkName>(weights: WeightsOf<Name>, names: readonly Name[]): WeightsOf<Name> {
  return mapNames(names, (name) => Object.fromEntries(Object.entries(weights[name]).map(([key, tensor]) => [key, clone(tensor)])));
}

/**
 * The weights of several networks in one record, for one gradient computation: `generator.to_rgb.2.bias`, …; without those that are frozen.
 */
export function joinWeights<Name extends NetworkName>(
  weights: WeightsOf<Name>,
  names: readonly Name[],
  frozen: Frozen = {},
): Record<string, Tensor> {
  return Object.fromEntries(
    names.flatMap((name) => Object.entries(withoutFrozen(weights[name], frozen[name])).map(([key, tensor]) => [`${name}.${key}`, tensor])),
  );
}

/** Weights with those of `joined` in their place: the same tensors. Undoes `joinWeights` where some are frozen. */
export function replaceWeights(weights: WeightsOf, joined: Readonly<Record<string, Tensor>>, names: readonly NetworkName[]): WeightsOf {
  const split = splitWeights(joined, names);
  return { ...weights, ...mapNames(names, (name) => ({ ...weights[name], ...split[name] })) };
}

/**
 * Takes weights or gradients of several networks apart: the same tensors, by network. Undoes `joinWeights`.
 *
 * @param joined tensors by network and name, such as `generator.to_rgb.2.bias`
 * @param names the networks to give; what is of others is left out
 */
export function splitWeights<Name extends NetworkName>(joined: Readonly<Record<string, Tensor>>, names: readonly Name[]): WeightsOf<Name> {
  return mapNames(names, (name) => {
    const prefix = `${name}.`;
    return Object.fromEntries(
      Object.entries(joined).flatMap(([key, tensor]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), tensor]] : [])),
    );
  });
}

/**
 * Disposes every tensor of the records.
 *
 * @param records tensors by name
 */
export function disposeAll(...records: Readonly<Record<string, Tensor>>[]): void {
  for (const record of records) dispose(Object.values(record));
}
