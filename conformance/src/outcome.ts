import { tidy, transpose } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A computed tensor in the goldens' layout. */
export interface Computed {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** What a case computed, by the names of its expected values. */
export interface Outcome {
  tensors: Record<string, Computed>;
  scalars: Record<string, number>;
  /** Facts besides these values that the case checked itself; it throws where one does not hold. */
  verified?: number;
}

/** A tensor's values in the goldens' layout: rank 4 goes from N,H,W,C to N,C,H,W. Disposes nothing. */
export function computed(tensor: Tensor): Computed {
  if (tensor.rank !== 4) return { shape: tensor.shape, data: tensor.dataSync<'float32'>() };
  const torch = transpose(tensor, [0, 3, 1, 2]);
  const result = { shape: torch.shape, data: torch.dataSync<'float32'>() };
  torch.dispose();
  return result;
}

/** The same of a tensor made for it; nothing is left behind. */
export function computedFrom(make: () => Tensor): Computed {
  const tensor = tidy(make);
  const result = computed(tensor);
  tensor.dispose();
  return result;
}
