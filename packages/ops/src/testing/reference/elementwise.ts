import { map, ndArray, type NdArray } from '../nd-array.js';

/** max(x, 0) + slope · min(x, 0). */
export function leakyRelu(x: NdArray, slope = 0.2): NdArray {
  return map(x, (value) => Math.max(value, 0) + slope * Math.min(value, 0));
}

/** 1 / (1 + e⁻ˣ). */
export function sigmoid(x: NdArray): NdArray {
  return map(x, (value) => 1 / (1 + Math.exp(-value)));
}

/** Hyperbolic tangent. */
export function tanh(x: NdArray): NdArray {
  return map(x, Math.tanh);
}

/** log(1 + eˣ). */
export function softplus(x: NdArray): NdArray {
  return map(x, (value) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value))));
}

/** scale · (a + b). */
export function residualSum(a: NdArray, b: NdArray, scale = 1): NdArray {
  return map(a, (value, i) => scale * (value + b.data[i]!));
}

/** One number added to each channel, the last axis. */
export function addBias(x: NdArray, bias: NdArray): NdArray {
  return map(x, (value, i) => value + bias.data[i % bias.data.length]!);
}

/** x · weight + bias. */
export function affine(x: NdArray, weight: NdArray, bias: NdArray): NdArray {
  const [batch, inputs, outputs] = [x.shape[0]!, weight.shape[0]!, weight.shape[1]!];
  const y = ndArray([batch, outputs]);
  for (let n = 0; n < batch; n++) {
    for (let q = 0; q < outputs; q++) {
      let total = bias.data[q]!;
      for (let p = 0; p < inputs; p++) total += x.data[n * inputs + p]! * weight.data[p * outputs + q]!;
      y.data[n * outputs + q] = total;
    }
  }
  return y;
}

/** The rows with these indices. */
export function selectRows(x: NdArray, indices: readonly number[]): NdArray {
  const values = x.shape[1]!;
  return ndArray(
    [indices.length, values],
    indices.flatMap((row) => [...x.data.subarray(row * values, (row + 1) * values)]),
  );
}
