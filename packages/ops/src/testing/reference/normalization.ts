import { ndArray, offset4, sizes4, type NdArray } from '../nd-array.js';

/** (x − mean) / √(variance + ε) · scale + shift, with the statistics of each image and channel. */
function normalize(x: NdArray, epsilon: number, affine: (n: number, p: number) => { scale: number; shift: number }): NdArray {
  const [batch, height, width, channels] = sizes4(x);
  const y = ndArray(x.shape);
  const pixels = height * width;
  for (let n = 0; n < batch; n++) {
    for (let p = 0; p < channels; p++) {
      const positions = Array.from({ length: pixels }, (_, i) => offset4(x.shape, n, 0, i, p));
      const center = positions.reduce((total, i) => total + x.data[i]!, 0) / pixels;
      const variance = positions.reduce((total, i) => total + (x.data[i]! - center) ** 2, 0) / pixels;
      const { scale, shift } = affine(n, p);
      for (const i of positions) y.data[i] = ((x.data[i]! - center) / Math.sqrt(variance + epsilon)) * scale + shift;
    }
  }
  return y;
}

/** Scale and shift per channel. */
export function instanceNormalization(x: NdArray, scale: NdArray, shift: NdArray, { epsilon = 1e-5 } = {}): NdArray {
  return normalize(x, epsilon, (_, p) => ({ scale: scale.data[p]!, shift: shift.data[p]! }));
}

/** Scale 1 + γ and shift β per image and channel. */
export function adaptiveInstanceNormalization(x: NdArray, gamma: NdArray, beta: NdArray, { epsilon = 1e-5 } = {}): NdArray {
  const channels = sizes4(x)[3];
  return normalize(x, epsilon, (n, p) => ({ scale: 1 + gamma.data[n * channels + p]!, shift: beta.data[n * channels + p]! }));
}
