import { matMul, reshape, tensor2d, tidy, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { FEATURE_MAP, requireRank4 } from './shapes.js';

/** Interpolation weights [to, from] with half-pixel centres, borders clamped. */
function interpolationMatrix(from: number, to: number): Tensor2D {
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const position = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(position);
    const high = Math.min(low + 1, from - 1);
    weights[i * from + low]! += 1 - (position - low);
    weights[i * from + high]! += position - low;
  }
  return tensor2d(weights, [to, from]);
}

/**
 * Bilinear interpolation of feature maps with half-pixel centres and no antialiasing (PyTorch's `interpolate` with
 * `align_corners=False`). It is written as two matrix products because tfjs's own gradient of it is wrong.
 *
 * @param x [batch, height, width, channels]
 * @param size [height, width] of the result
 * @returns [batch, size[0], size[1], channels]
 * @throws when a size is not a whole number ≥ 1
 */
export function interpolateBilinear(x: Tensor, size: readonly [number, number]): Tensor4D {
  requireRank4('interpolateBilinear', 'x', x, FEATURE_MAP);
  if (size.some((pixels) => !Number.isInteger(pixels) || pixels < 1)) {
    throw new Error(`interpolateBilinear: size must be two whole numbers ≥ 1, got [${size.join(', ')}]`);
  }
  const [batch, height, width, channels] = x.shape;
  const [newHeight, newWidth] = size;
  return tidy(() => {
    // [batch, height, width, channels] → [width, batch · height · channels] and back, then the same for height.
    const columns = reshape(transpose(x, [2, 0, 1, 3]), [width, batch * height * channels]);
    const wide = reshape(matMul(interpolationMatrix(width, newWidth), columns), [newWidth, batch, height, channels]);
    const rows = reshape(transpose(wide, [2, 1, 0, 3]), [height, batch * newWidth * channels]);
    const tall = reshape(matMul(interpolationMatrix(height, newHeight), rows), [newHeight, batch, newWidth, channels]);
    return transpose(tall as Tensor4D, [1, 0, 2, 3]);
  });
}
