import { mul } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { highPass, residualSum, interpolateBilinear } from '@stargan/ops';

/** Where the high-pass skip lets the source through: two masks [batch, S, S, 1] in [0, 1], for 32² and for 64² and 128². */
export type Masks = readonly [coarse: Tensor, fine: Tensor];

const SKIP_SIZES: readonly number[] = [32, 64, 128];

/** Whether feature maps of this height take part in the high-pass skip. */
export function isSkipSize(height: number): boolean {
  return SKIP_SIZES.includes(height);
}

/** HP's filter as the reference keeps it: [-1 -1 -1; -1 8 -1; -1 -1 -1] / w_hpf. */
export function highPassFilter(weight: number): { readonly shape: number[]; readonly values: Float32Array } {
  return { shape: [3, 3], values: Float32Array.from({ length: 9 }, (_, i) => (i === 4 ? 8 : -1) / weight) };
}

/**
 * h + HP(mask ⊙ kept).
 *
 * @param h decoder features [batch, height, height, channels]
 * @param kept encoder features, same shape
 * @param weight w_hpf of the high-pass filter
 */
export function addSkip(h: Tensor4D, kept: Tensor4D, masks: Masks, weight: number): Tensor4D {
  const size = h.shape[1];
  const mask = interpolateBilinear(masks[size === 32 ? 0 : 1], [size, size]);
  return residualSum(h, highPass(mul(kept, mask), weight));
}
