import { abs, slice, sum, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { EmaNetwork, Networks, NetworkName, WeightsOf } from './networks.js';

/** Sizes of what networks are given. */
export interface ProbeSizes {
  /** Height and width of the images. */
  readonly imageSize: number;
  /** Length of a latent code. */
  readonly latentDim: number;
  /** Images that may be in memory together. */
  readonly batch: number;
}

/** Values of about the range of pixels and latent codes, without a pattern that a network could cancel. */
function given(shape: readonly number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return tensor(
    Float32Array.from({ length: count }, (_, i) => Math.sin(i + Math.sin(0.1 * i))),
    [...shape],
  );
}

/**
 * Which network gives values that are not finite: weights may be finite and so large that what they are multiplied
 * with overflows.
 *
 * @param networks as the weights are for
 * @param weights of those that are asked: the ones that make images, and the discriminator where it is there
 * @param domains how many there are; the branches of all are asked
 * @returns undefined where all give finite values
 */
export function findOverflow(
  networks: Networks,
  weights: WeightsOf<EmaNetwork> & Partial<WeightsOf>,
  domains: number,
  { imageSize, latentDim, batch }: ProbeSizes,
): NetworkName | undefined {
  const { generator, mappingNetwork, styleEncoder, discriminator } = networks;
  const isFinite = (values: Tensor): boolean =>
    Number.isFinite(sum(abs(values)).dataSync()[0]!) || values.dataSync().every(Number.isFinite);
  for (let first = 0; first < domains; first += batch) {
    const domain = Array.from({ length: Math.min(batch, domains - first) }, (_, i) => first + i);
    const found = tidy((): NetworkName | undefined => {
      const image = given([domain.length, imageSize, imageSize, 3]);
      const style = mappingNetwork.apply(weights.mappingNetwork, given([domain.length, latentDim]), domain);
      if (!isFinite(style)) return 'mappingNetwork';
      if (!isFinite(styleEncoder.apply(weights.styleEncoder, image, domain))) return 'styleEncoder';
      const one = (values: Tensor): Tensor => slice(values, 0, 1);
      if (first === 0 && !isFinite(generator.apply(weights.generator, one(image), one(style)))) return 'generator';
      if (weights.discriminator !== undefined && !isFinite(discriminator.apply(weights.discriminator, image, domain)))
        return 'discriminator';
      return undefined;
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * `the generator gives values that are not finite, though its weights are finite`
 *
 * @param network the first one whose output overflows, as `findOverflow` gives it
 */
export function describeOverflow(network: NetworkName): string {
  return `the ${network} gives values that are not finite, though its weights are finite`;
}
