import { clone, dispose } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NetworkName, Networks, WeightsOf } from './networks.js';

/** Applies `f` to every name, in order. */
export function mapNames<Name extends string, Result>(names: readonly Name[], f: (name: Name) => Result): Record<Name, Result> {
  return Object.fromEntries(names.map((name) => [name, f(name)])) as Record<Name, Result>;
}

/** Initial weights of the named networks; the caller owns them. */
export function initialWeights<Name extends NetworkName>(networks: Networks, names: readonly Name[], seed: number): WeightsOf<Name> {
  return mapNames(names, (name) => networks[name].init(seed));
}

/** The same weights as new tensors. */
export function copyWeights<Name extends NetworkName>(weights: WeightsOf<Name>, names: readonly Name[]): WeightsOf<Name> {
  return mapNames(names, (name) => Object.fromEntries(Object.entries(weights[name]).map(([key, tensor]) => [key, clone(tensor)])));
}

/**
 * The weights of several networks in one record, for one gradient computation: `generator.to_rgb.2.bias`, …
 */
export function joinWeights<Name extends NetworkName>(weights: WeightsOf<Name>, names: readonly Name[]): Record<string, Tensor> {
  return Object.fromEntries(names.flatMap((name) => Object.entries(weights[name]).map(([key, tensor]) => [`${name}.${key}`, tensor])));
}

/** Undoes {@link joinWeights}. */
export function splitWeights<Name extends NetworkName>(joined: Readonly<Record<string, Tensor>>, names: readonly Name[]): WeightsOf<Name> {
  return mapNames(names, (name) => {
    const prefix = `${name}.`;
    return Object.fromEntries(
      Object.entries(joined).flatMap(([key, tensor]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), tensor]] : [])),
    );
  });
}

/** Disposes every tensor of the records. */
export function disposeAll(...records: Readonly<Record<string, Tensor>>[]): void {
  for (const record of records) dispose(Object.values(record));
}
