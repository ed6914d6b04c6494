import { tensor, transpose } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { fromTorchLayout, torchShape, type ParameterSpec } from '@stargan/layers';
import { fnv1a32 } from '@stargan/random';
import type { InputEntry } from './manifest.js';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** u in [0, 1) of element `index` of the tensor with this hash and seed; see the goldens' README. */
export function hashedUnit(hash: number, index: number, seed: number): number {
  let x = (hash + Math.imul(index, 0x9e3779b9) + Math.imul(seed, 0x85ebca77)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}

/** How a value is made of u or of v = 2u − 1: `offset + scale · of`, at least `least`. Numbers, since a call for each value takes longer. */
export interface ValueRule {
  readonly of: 'u' | 'v';
  readonly scale: number;
  readonly offset: number;
  readonly least?: number;
}

/** Value of a rule for u in [0, 1). */
export function ruledValue({ of, scale, offset, least = -Infinity }: ValueRule, u: number): number {
  return Math.max(least, offset + scale * (of === 'u' ? u : 2 * u - 1));
}

/** `size` values made from a name, rounded to float32. */
function hashedValues(name: string, size: number, seed: number, rule: ValueRule): Float32Array {
  const hash = fnv1a32(name);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = ruledValue(rule, hashedUnit(hash, i, seed));
  return values;
}

const scaled = (of: 'u' | 'v', scale = 1, offset = 0): ValueRule => ({ of, scale, offset });

const INPUT_RULES: Record<string, ValueRule> = {
  image: scaled('v'),
  cotangent: scaled('v'),
  latent: scaled('v', Math.sqrt(3)),
  mask: scaled('u'),
  unit_image: scaled('u'),
  heatmap: { ...scaled('u', 100, -99), least: 0 },
  small_image: scaled('v', 0.001),
};

/** Values of an input, in the goldens' layout. @throws when its rule is unknown */
export function inputValues({ name, rule, shape, seed }: InputEntry): Float32Array {
  const found = INPUT_RULES[rule];
  if (found === undefined) throw new Error(`input ${name} has the unknown rule ${rule}`);
  return hashedValues(name, sizeOf(shape), seed, found);
}

/** The rule by which the values of a weight with this key and shape (PyTorch's layout) are made. */
export function weightRule(key: string, shape: readonly number[]): ValueRule {
  if (key.endsWith('.running_mean')) return scaled('v', 0.1);
  if (key.endsWith('.running_var')) return scaled('u', 0.5, 1);
  if (key.endsWith('.weight')) return shape.length === 1 ? scaled('v', 0.1, 1) : scaled('v', Math.sqrt(6 / sizeOf(shape.slice(1))));
  if (key.endsWith('.bias')) return scaled('v', 0.1);
  return scaled('v');
}

/** Values of one parameter in PyTorch's layout. */
export function parameterValues(key: string, shape: readonly number[], seed: number): Float32Array {
  return hashedValues(key, sizeOf(shape), seed, weightRule(key, shape));
}

/** Weights of a network from their names, in our layout; the caller owns them. */
export function hashedWeights(specs: readonly ParameterSpec[], prefix: string, seed: number): Record<string, Tensor> {
  return Object.fromEntries(
    specs.map((spec) => {
      const shape = torchShape(spec);
      const torch = tensor(parameterValues(`${prefix}.${spec.name}`, shape, seed), shape);
      const ours = fromTorchLayout(spec, torch);
      torch.dispose();
      return [spec.name, ours];
    }),
  );
}

/** An input as a tensor in our layout: rank 4 goes from N,C,H,W to N,H,W,C. */
export function inputTensor(entry: InputEntry): Tensor {
  const values = tensor(inputValues(entry), entry.shape);
  if (entry.shape.length !== 4) return values;
  const ours = transpose(values, [0, 2, 3, 1]);
  values.dispose();
  return ours;
}
