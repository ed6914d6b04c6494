import { plainly, type Compile, type Parameters } from '@stargan/ops';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Sampler } from './translate.js';

/** A sampler whose generator is compiled. */
export interface CompiledSampler {
  /** What it was made of; its networks have the compiled generator, its weights are the same tensors. */
  readonly sampler: Sampler;
  /** Frees what the compiled generator keeps; the weights stay. */
  dispose(): void;
}

/**
 * Compiles the generator, which is most of the work of sampling: worth while for small images, where launching its operations takes
 * longer than they do. Images are the same. With masks it runs as it is.
 *
 * @param sampler the networks and their weights, which stay the caller's
 * @param compile such as `(f) => capture(f)` with `capture` of `@stargan/backend`; by default the generator runs as it is
 */
export function compileSampler({ networks, weights }: Sampler, compile: Compile = plainly): CompiledSampler {
  const { generator } = networks;
  const compiled = compile((parameters: Parameters, image: Tensor, style: Tensor) => generator.apply(parameters, image, style));
  const apply: typeof generator.apply = (parameters, image, style, masks) =>
    masks === undefined ? compiled(parameters, image, style) : generator.apply(parameters, image, style, masks);
  return { sampler: { networks: { ...networks, generator: { ...generator, apply } }, weights }, dispose: () => compiled.dispose() };
}
