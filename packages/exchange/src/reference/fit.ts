import { torchShape, type ParameterSpec } from '@stargan/layers';
import { fewOf, printable } from './printable.js';

/** Tensors by key, of which only the shapes are looked at. */
export type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * Makes sure that a network's tensors are those of a model, no more and no fewer.
 *
 * @param name of the network, for messages
 * @param specs of the model's network
 * @param tensors of the file's
 * @param constants names of tensors that may be there as well
 * @throws listing those that are missing, not expected, and of other shapes
 */
export function requireFit(name: string, specs: readonly ParameterSpec[], tensors: Shapes, constants: readonly string[]): void {
  const names = new Set(specs.map((spec) => spec.name));
  const missing = [...names].filter((key) => !tensors.has(key));
  const extra = [...tensors.keys()].filter((key) => !names.has(key) && !constants.includes(key));
  const differing = specs.flatMap((spec) => {
    const expected = torchShape(spec).join(', ');
    const got = tensors.get(spec.name)?.shape.join(', ');
    return got === undefined || got === expected ? [] : [`${spec.name} must be [${expected}] and is [${printable(got)}]`];
  });
  const faults = [
    ...(missing.length > 0 ? [`missing ${count(missing, 'tensor')}: ${fewOf(missing)}`] : []),
    ...(extra.length > 0 ? [`not expected ${count(extra, 'tensor')}: ${fewOf(extra)}`] : []),
    ...(differing.length > 0 ? [`of another shape ${count(differing, 'tensor')}: ${listOf(differing)}`] : []),
  ];
  if (faults.length > 0) throw new Error(`${name} is not that of StarGAN v2: ${faults.join('; ')}`);
}

const count = (names: readonly string[], what: string): string => `${names.length} ${what}${names.length === 1 ? '' : 's'}`;

const listOf = (texts: readonly string[]): string =>
  texts.slice(0, 4).join(', ') + (texts.length > 4 ? ` and ${texts.length - 4} more` : '');
