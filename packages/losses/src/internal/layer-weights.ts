import { add, mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { requireNonNegative } from './numbers.js';
import { requireTensor } from './tensors.js';

/** The features as a list of layers, whether they are one tensor or a list. */
export function layersOf(loss: string, argument: string, features: Tensor | readonly Tensor[]): readonly Tensor[] {
  const layers = Array.isArray(features) ? (features as readonly Tensor[]) : [features as Tensor];
  layers.forEach((layer, i) => requireTensor(loss, layers === features ? `${argument}[${i}]` : argument, layer));
  return layers;
}

/** Fails unless there is at least one layer, and one finite weight ≥ 0 for each where weights are given. */
export function requireLayers(loss: string, layers: number, weights: readonly number[] | undefined): void {
  if (layers === 0) throw new Error(`${loss}: features must hold at least one layer, got none`);
  if (weights === undefined) return;
  if (weights.length !== layers) throw new Error(`${loss}: weights must hold one number per layer, got ${weights.length} for ${layers}`);
  for (const weight of weights) requireNonNegative(loss, 'every weight', weight);
}

/** Σ weight · term; the weights are 1 where none are given. */
export function sumOfLayers(terms: readonly Tensor[], weights: readonly number[] | undefined): Tensor {
  return terms.map((term, layer) => mul(term, weights?.[layer] ?? 1)).reduce((total, term) => add(total, term));
}
