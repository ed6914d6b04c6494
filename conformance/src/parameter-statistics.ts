import type { Tensor } from '@tensorflow/tfjs-core';
import { toTorchLayout, type ParameterSpec } from '@stargan/layers';
import { fnv1a32 } from '@stargan/random';
import { hashedUnit } from './hashed-values.js';
import type { Computed } from './outcome.js';

/** Values of a parameter, or of its gradient, in PyTorch's layout. */
export function torchValues(spec: ParameterSpec, tensor: Tensor): Float32Array {
  const torch = toTorchLayout(spec, tensor);
  const values = torch.dataSync<'float32'>();
  torch.dispose();
  return values;
}

/** Rows that a per-parameter table holds for one parameter. */
export interface ParameterRow {
  l2: number;
  mean: number;
  first4: number[];
  proj: number;
}

/**
 * Statistics of one parameter's values, summed in float64.
 *
 * @param name whose hash gives the weights of the projection, without the prefix `cotangent.`
 */
export function parameterRow(name: string, values: ArrayLike<number>, seed: number): ParameterRow {
  const hash = fnv1a32(`cotangent.${name}`);
  let squares = 0;
  let sum = 0;
  let projection = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    squares += value * value;
    sum += value;
    projection += value * (2 * hashedUnit(hash, i, seed) - 1);
  }
  return {
    l2: Math.sqrt(squares),
    mean: sum / values.length,
    first4: [0, 1, 2, 3].map((i) => (i < values.length ? values[i]! : 0)),
    proj: projection / Math.sqrt(values.length),
  };
}

/** Rows as the tables `<prefix>l2`, `<prefix>mean`, `<prefix>first4`, `<prefix>proj`. */
export function parameterTables(prefix: string, rows: readonly ParameterRow[]): Record<string, Computed> {
  const column = (pick: (row: ParameterRow) => number): Computed => ({ shape: [rows.length], data: rows.map(pick) });
  return {
    [`${prefix}l2`]: column((row) => row.l2),
    [`${prefix}mean`]: column((row) => row.mean),
    [`${prefix}first4`]: { shape: [rows.length, 4], data: rows.flatMap((row) => row.first4) },
    [`${prefix}proj`]: column((row) => row.proj),
  };
}
