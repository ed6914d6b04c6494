import { add, div, eye, matMul, mul, sqrt, square, sub, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { layersOf, requireLayers, sumOfLayers } from './internal/layer-weights.js';
import { logSumExp } from './internal/log-sum-exp.js';
import { requirePositive } from './internal/numbers.js';
import { requireBatch, requireSameShape, text } from './internal/shapes.js';
import { stopGradient } from './internal/stop-gradient.js';
import { reduceElements, type LossOptions, type Reduced, type Reduction } from './reduction.js';

/** Options of {@link patchNceLoss}. */
export interface PatchNceOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** τ > 0, by which similarities are divided; default 0.07, as in the paper. */
  readonly temperature?: number | undefined;
  /** One weight ≥ 0 per layer; default all 1. */
  readonly weights?: readonly number[] | undefined;
}

// Far below the length of any features, and keeps the direction of no features finite.
const SMALLEST_LENGTH = 1e-7;

/** Vectors along the last axis at length 1; those of length 0 stay. */
function normalized(vectors: Tensor3D): Tensor3D {
  return div(vectors, sqrt(add(sum(square(vectors), -1, true), SMALLEST_LENGTH ** 2)));
}

/** −log of the probability that each query picks its own key, `[batch, patches]`. */
function contrast(queries: Tensor3D, keys: Tensor3D, temperature: number): Tensor {
  const query = normalized(queries);
  const key = normalized(stopGradient(keys) as Tensor3D);
  const similarities = matMul(query, key, false, true); // [batch, patches, patches]
  // The diagonal itself, not q·k computed again: a loss of 0 would come out as a rounding error of either sign.
  const own = sum(mul(similarities, eye(keys.shape[1])), -1, true); // [batch, patches, 1]
  return logSumExp(mul(sub(similarities, own), 1 / temperature));
}

/**
 * PatchNCE, the contrastive loss of CUT (Park et al. 2020, arXiv 2007.15651, equations (2) and (3)): a patch of the translation shall
 * resemble the patch of the source at the same place more than the other patches of that source. With q and k at length 1,
 * −log(exp(qᵢ·kᵢ/τ) / Σⱼ exp(qᵢ·kⱼ/τ)), the mean over the patches i. It keeps the content without a way back, and so without a cycle.
 *
 * Several layers give the sum of theirs, as in the paper; its code divides by their number, which `weights` can do.
 *
 * @param queries float32 `[batch, patches, channels]`, features of the translation; or a list, one for each layer.
 * @param keys the same shapes, features of the source at the same places, patch by patch. No gradient flows to them, as in the
 * authors' code.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when shapes do not fit, features are not float32 or have no sample, or `temperature` or a weight is out of range.
 */
export function patchNceLoss<R extends Reduction = 'mean'>(
  queries: Tensor | readonly Tensor[],
  keys: Tensor | readonly Tensor[],
  { temperature = 0.07, weights, ...options }: PatchNceOptions<R> = {},
): Reduced<R> {
  requirePositive('patchNceLoss', 'temperature', temperature);
  const layers = layersOf('patchNceLoss', 'queries', queries);
  const sources = layersOf('patchNceLoss', 'keys', keys);
  requireLayers('patchNceLoss', layers.length, weights);
  if (sources.length !== layers.length)
    throw new Error(`patchNceLoss: queries and keys must have the same layers, got ${layers.length} and ${sources.length}`);
  return tidy(() => {
    const terms = layers.map((layer, i) => {
      const source = sources[i]!;
      requireBatch('patchNceLoss', 'queries', layer);
      requireBatch('patchNceLoss', 'keys', source);
      requireSameShape('patchNceLoss', ['queries', layer], ['keys', source]);
      if (layer.rank !== 3) throw new Error(`patchNceLoss: queries must be [batch, patches, channels], got shape ${text(layer.shape)}`);
      return reduceElements('patchNceLoss', contrast(layer as Tensor3D, source as Tensor3D, temperature), options);
    });
    return sumOfLayers(terms, weights) as Reduced<R>;
  });
}
