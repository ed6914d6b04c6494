import { sqrt, square, stack, sum, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { NETWORK_NAMES } from '../networks/networks.js';
import type { TrainingState } from './state.js';

/**
 * Euclidean norms of every network's weights and gradient, to watch a training by: `weightNorm/generator`,
 * `gradientNorm/generator`, … of the networks that have parameters. One reduction per tensor and one read.
 *
 * The gradient is taken from Adam's first moment, so the update itself stays as it is: with β₁ = 0 it is the gradient of
 * the network's last update in the iteration, weight decay included; otherwise its running mean, which begins at 0.
 *
 * @param state stays as it is, to the bit
 */
export function stateNorms({ weights, moments }: TrainingState): Record<string, number> {
  const tensors = NETWORK_NAMES.flatMap((name): [string, readonly Tensor[]][] => {
    const state = moments[name];
    if (state === undefined) return [];
    return [
      [`weightNorm/${name}`, Object.values(weights[name])],
      [`gradientNorm/${name}`, [state.first]],
    ];
  });
  const norms = tidy(() => stack(tensors.map(([, parts]) => normOf(parts))).dataSync<'float32'>());
  return Object.fromEntries(tensors.map(([name], i) => [name, norms[i]!]));
}

/** The norm of several tensors as one vector. */
const normOf = (parts: readonly Tensor[]): Scalar => sqrt(sum(stack(parts.map((part) => sum(square(part))))));
