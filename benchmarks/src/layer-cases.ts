import type { Tensor } from '@tensorflow/tfjs-core';
import type { Parameters } from '@stargan/ops';
import { hasFusedKernels, withComposedKernels } from './composed-kernels.js';
import { gradientsOf } from './inputs.js';
import type { TensorCase, Variants } from './suite.js';

/** A layer at one shape. */
export interface LayerAt<Variant> {
  /** The shape, and what else sets it apart. */
  name: string;
  /** Convolutions take most of the time. */
  arithmetic?: boolean;
  variants: Readonly<Record<string, Variant>>;
  /** Weights and feature maps; gradients are taken with respect to all of them. */
  inputs: () => Parameters;
  apply: (variant: Variant, inputs: Parameters) => Tensor;
  /** Name of a variant that uses the fused kernels of a native backend: it is measured without them too. */
  fused?: string;
}

/** Two cases: the layer alone, and with the gradients of all its inputs. */
export function layerCases<Variant>({ name, arithmetic, variants, inputs, apply, fused }: LayerAt<Variant>): TensorCase[] {
  const prepare = (run: (variant: Variant, given: Parameters) => Variants[string]) => (): Variants => {
    const given = inputs();
    const runs = Object.fromEntries(Object.entries(variants).map(([called, variant]) => [called, run(variant, given)]));
    return fused === undefined ? runs : alsoComposed(runs, fused);
  };
  return [
    { name, arithmetic, prepare: prepare((variant, given) => () => apply(variant, given)) },
    {
      name: `${name}, with gradients`,
      arithmetic,
      prepare: prepare((variant, given) => () => gradientsOf((p) => apply(variant, p), given)),
    },
  ];
}

/** Adds a variant without the backend's fused kernels to the one that uses them, where there are any. */
export function alsoComposed(variants: Variants, fused: string): Variants {
  const run = variants[fused];
  if (run === undefined || !hasFusedKernels()) return variants;
  return { ...variants, [`${fused}, kernels composed`]: () => withComposedKernels(run) };
}
