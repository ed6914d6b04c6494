import { fnv1a32 } from '@stargan/random';
import { torchShape, type ParameterSpec } from '@stargan/layers';
import type { StateDict } from '../networks/state-dict.js';

/** `size` numbers in [0, 1) that depend on the name alone, so that any language can make them again. */
export function hashedUnits(name: string, size: number): Float64Array {
  const hash = fnv1a32(name);
  const units = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let x = (hash + Math.imul(i, 0x9e3779b9)) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    units[i] = ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
  }
  return units;
}

/** A state dictionary made of its keys: filters of He's variance, biases and means in ±0.1, scales 1 ± 0.1, variances in 1 … 1.5. */
export function hashedStateDict(specs: readonly ParameterSpec[]): StateDict {
  return Object.fromEntries(
    specs.map((spec) => {
      const shape = torchShape(spec);
      const size = shape.reduce((product, n) => product * n, 1);
      const rule = ruleOf(spec.name, size / shape[0]!);
      return [spec.name, { shape, data: new Float32Array(hashedUnits(spec.name, size).map(rule)) }];
    }),
  );
}

function ruleOf(name: string, fanIn: number): (u: number) => number {
  if (/(running_mean|bias)$/.test(name)) return (u) => 0.1 * (2 * u - 1);
  if (name.endsWith('running_var')) return (u) => 1 + 0.5 * u;
  if (fanIn === 1) return (u) => 1 + 0.1 * (2 * u - 1);
  const bound = Math.sqrt(6 / fanIn);
  return (u) => bound * (2 * u - 1);
}
