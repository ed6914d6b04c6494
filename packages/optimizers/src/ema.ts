import { add, mul, sub, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { movingAverageKernel } from '@stargan/ops/fused';
import { runFusedKernel } from './fused-kernel.js';
import {
  flatten,
  layoutOf,
  named,
  requireNames,
  requireMatchingShape,
  tensorOf,
  unflatten,
  type Named,
  type Parameters,
  type Updated,
} from './parameters.js';

/**
 * Exponential moving average of parameters: `decay·average + (1 − decay)·parameters`, computed as
 * `torch.lerp(parameters, average, decay)` does, so 0 copies the parameters and 1 keeps the average, both exactly.
 * StarGAN v2 samples and evaluates with the average at decay 0.999.
 *
 * @param average the average so far (at first, the parameters themselves); left untouched.
 * @param parameters the same names and shapes, float32; left untouched.
 * @param decay in [0, 1].
 * @returns new tensors, which the caller owns.
 * @throws when names or shapes differ, a dtype is not float32, or `decay` is out of range.
 */
export function exponentialMovingAverage<P extends Parameters>(average: P, parameters: Named<P>, decay: number): Updated<P> {
  const caller = 'exponentialMovingAverage';
  if (!(decay >= 0 && decay <= 1)) throw new Error(`${caller}: decay must be in [0, 1], got ${String(decay)}`);
  const layout = layoutOf(caller, average);
  requireNames(caller, 'parameters', parameters, layout.names);
  for (const name of layout.names) {
    requireMatchingShape(caller, name, tensorOf(caller, average, name), 'parameter', tensorOf(caller, parameters, name));
  }
  // Decay and its complement are float32, as in PyTorch.
  const complement = Math.fround(1 - Math.fround(decay));
  return tidy(() => {
    const listOf = (record: Parameters): Tensor[] => layout.names.map((name) => tensorOf(caller, record, name));
    const inputs = [tensor1d([decay, complement]), ...listOf(average), ...listOf(parameters)];
    const outputs = runFusedKernel(movingAverageKernel, inputs, layout.names.length);
    if (outputs !== undefined) return named<P>(layout.names, outputs);
    const from = flatten(caller, parameters, layout);
    const to = flatten(caller, average, layout);
    const difference = sub(to, from);
    // Leaving from the nearer end makes both ends exact.
    const mixed = decay < 0.5 ? add(from, mul(difference, decay)) : sub(to, mul(difference, complement));
    return unflatten(caller, mixed as Tensor1D, layout, average);
  });
}
