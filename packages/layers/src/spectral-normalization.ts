import { clone, div, matMul, maximum, mul, reshape, sqrt, square, sum, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { withoutGradients, type Parameters } from '@stargan/ops';
import { normalArray, randomStream } from '@stargan/random';
import { parameter, type ParameterSpec } from './parameter-spec.js';

/** Normalised weights, and the state of the power iteration after making them. The caller owns both. */
export type SpectrallyNormalized = {
  /** The normalised weights alone, by name: a network takes `{ ...parameters, ...weights }`. */
  readonly weights: Record<string, Tensor>;
  /** One vector u [out] per weight, to be passed on to the next step and saved with the run. */
  readonly state: Record<string, Tensor>;
};

/** Spectral normalisation of a set of parameters. */
export interface SpectralNormalization {
  /**
   * The first state: unit vectors, a pure function of seed, stream and each weight's name.
   *
   * @param seed whole number ≥ 0
   * @param stream tells apart networks that have one seed
   */
  init(seed: number, stream: string): Record<string, Tensor>;
  /**
   * Each weight divided by its largest singular value, as estimated by `iterations` steps of the power method from
   * `state` (default 1; 0 leaves the state as it is, for evaluation). Gradient flows to the weights, through the
   * singular value too; the vectors of the estimate are constants, as in PyTorch.
   *
   * @param parameters weights by name; only those that are normalised are read
   * @param state of the step before, or of `init`; it stays the caller's
   * @param options `iterations` of the power method, a whole number ≥ 0
   */
  apply(parameters: Parameters, state: Parameters, options?: { iterations?: number | undefined }): SpectrallyNormalized;
}

// Keeps a weight of zeros finite; PyTorch's value.
const EPSILON = 1e-12;

/** x / ‖x‖ of a column [n, 1]. */
function unit(x: Tensor): Tensor {
  return div(x, maximum(sqrt(sum(square(x))), EPSILON));
}

/**
 * Spectral normalisation (Miyato et al. 2018, arXiv 1802.05957): every convolution and linear weight of `specs` is
 * divided by its largest singular value, as a matrix [out, everything else]. It changes parameters, not layers,
 * so it works with any discriminator:
 *
 * ```js
 * const { weights, state: next } = spectral.apply(parameters, state);
 * const logits = discriminator.apply({ ...parameters, ...weights }, image, domain);
 * ```
 *
 * @param specs of the parameters; biases and scales stay as they are
 */
export function spectralNormalization(specs: readonly ParameterSpec[]): SpectralNormalization {
  const normalized = specs.filter(({ kind }) => kind === 'convolution' || kind === 'linear');
  return {
    init: (seed, stream) =>
      Object.fromEntries(
        normalized.map(({ name, shape }) => {
          const values = normalArray(shape[shape.length - 1]!, randomStream(seed, `spectral/${stream}/${name}`));
          const norm = Math.hypot(...values);
          return [name, tensor1d(values.map((value) => value / norm))];
        }),
      ),
    apply: (parameters, state, { iterations = 1 } = {}) => {
      if (!Number.isInteger(iterations) || iterations < 0)
        throw new Error(`spectralNormalization: iterations must be a whole number ≥ 0, got ${iterations}`);
      const results = normalized.map(
        ({ name }) => [name, normalize(parameter(parameters, name), parameter(state, name), iterations)] as const,
      );
      return {
        weights: Object.fromEntries(results.map(([name, { weight }]) => [name, weight])),
        state: Object.fromEntries(results.map(([name, { u }]) => [name, u])),
      };
    },
  };
}

/** One weight [..., out] divided by its estimate, and the next u. */
function normalize(weight: Tensor, u: Tensor, iterations: number): { weight: Tensor; u: Tensor } {
  const out = weight.shape[weight.rank - 1]!;
  if (u.rank !== 1 || u.size !== out)
    throw new Error(`spectralNormalization: state must be [${out}] for a weight [${weight.shape.join(', ')}], got [${u.shape.join(', ')}]`);
  return tidy(() => {
    const matrix: Tensor2D = reshape(weight, [-1, out]);
    const right = (column: Tensor): Tensor => withoutGradients(() => unit(matMul(matrix, column as Tensor2D)));
    let next: Tensor = reshape(u, [out, 1]);
    let v = right(next);
    for (let i = 0; i < iterations; i++) {
      const left = v;
      next = withoutGradients(() => unit(matMul(matrix, left as Tensor2D, true, false)));
      if (i + 1 < iterations) v = right(next);
    }
    // σ = vᵀ M u
    const sigma = sum(mul(v, matMul(matrix, next as Tensor2D)));
    return { weight: div(weight, sigma), u: clone(reshape(next, [out])) };
  });
}
