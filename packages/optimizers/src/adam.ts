import { abs, add, backend, div, maximum, mul, reshape, slice, sqrt, sub, tensor1d, tidy, zeros } from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { adamKernel } from '@stargan/ops/fused';
import type { AdamState } from './adam-state.js';
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

/** Options of {@link adam}; the defaults are StarGAN v2's. */
export interface AdamOptions {
  /** Step size, ≥ 0. */
  readonly learningRate: number;
  /** Decay of the mean gradient, in [0, 1); default 0. */
  readonly beta1?: number | undefined;
  /** Decay of the mean squared gradient, in [0, 1); default 0.99. */
  readonly beta2?: number | undefined;
  /** Added to the root of the second moment, > 0; default 1e-8. On 16-bit textures at least tfjs's 1e-4, for smaller ones are 0 there. */
  readonly epsilon?: number | undefined;
  /** L2 coupled into the gradient (not AdamW's), ≥ 0; default 1e-4. */
  readonly weightDecay?: number | undefined;
}

/** New parameters and new state; the caller owns both, and still owns what it passed in. */
export type AdamUpdate<P extends Parameters = Parameters> = {
  /** New tensors of the same names and shapes. */
  readonly parameters: Updated<P>;
  /** Belongs to the new parameters; the next step needs it. */
  readonly state: AdamState;
};

/** What {@link adam} gives. */
export interface Adam {
  /**
   * State before the first step: moments of zero.
   *
   * @param parameters float32 tensors by name, of which only names and shapes are read
   */
  init(parameters: Parameters): AdamState;
  /**
   * One step.
   *
   * @param parameters what is optimised, by name; the tensors stay the caller's
   * @param gradients a gradient of its parameter's shape for every name (zeros where a parameter had no part).
   * @param state of the step before, or of `init`; it stays the caller's
   * @param constants of this step, where it is part of a function that is recorded once and replayed: the numbers of
   *   {@link Adam.stepConstants} then take the place of those that the state's step gives
   * @throws when names differ from the state's, a shape from its parameter's, or a dtype is not float32.
   */
  update<P extends Parameters>(parameters: P, gradients: Named<P>, state: AdamState, constants?: Tensor1D): AdamUpdate<P>;
  /**
   * The numbers that a step computes with as a tensor, which the caller owns: two of them, √(1−β₂ᵗ) and lr/(1−β₁ᵗ), change with
   * every step.
   *
   * @param step number of the step, from 1: that of the state before it, and 1
   * @returns `[8]`
   */
  stepConstants(step: number): Tensor1D;
}

function requireRange(name: string, value: number, holds: boolean, range: string): void {
  if (!holds) throw new Error(`adam: ${name} must be ${range}, got ${String(value)}`);
}

// Places in the numbers of a step, which are in the order of the fused kernel.
const [CORRECTION, EPSILON, STEP_SIZE] = [5, 6, 7] as const;

type Step<P extends Parameters> = Pick<AdamState, 'first' | 'second'> & Record<'moved', Updated<P>>;

/** A step in one kernel, in the order of operations of the composed one; undefined where there is no such kernel. */
function fusedStep<P extends Parameters>(
  constants: Tensor1D,
  parameters: P,
  gradients: Named<P>,
  { layout, first, second }: AdamState,
): Step<P> | undefined {
  const { names } = layout;
  const listOf = (record: Parameters): Tensor[] => names.map((name) => tensorOf('adam.update', record, name));
  const inputs = [constants, first, second, ...listOf(parameters), ...listOf(gradients)];
  const outputs = runFusedKernel(adamKernel, inputs, names.length);
  if (outputs === undefined) return undefined;
  const [newFirst, newSecond, ...moved] = outputs as [Tensor1D, Tensor1D, ...Tensor[]];
  return { moved: named<P>(names, moved), first: newFirst, second: newSecond };
}

function requireState(state: AdamState): void {
  if ((state as AdamState | undefined)?.layout === undefined) {
    throw new Error(
      'adam.update: state must be what init() or the last update() gave, got none; update takes parameters, gradients and state, in this order',
    );
  }
}

// Many devices round what is smaller to 0.
const SMALLEST_FLOAT32 = 2 ** -126;

/** Half precision rounds a usual ε to 0, and shaders have 0 / 0 = 1: there, tfjs's own ε for such a device is the least. */
function epsilonOnDevice(epsilon: number): number {
  const device = backend();
  return Math.max(epsilon, device.floatPrecision() === 16 ? device.epsilon() : SMALLEST_FLOAT32);
}

// The square of a gradient about as small as this is 0 in float32, and its root no longer bounds the step: ε must.
const LEAST_BOUND = 1e-18;

/**
 * Adam (Kingma & Ba 2015) with L2 weight decay added to the gradient, as `torch.optim.Adam` computes it:
 *
 *     g ← ∇ + weightDecay·p
 *     m ← β₁·m + (1−β₁)·g,   v ← β₂·v + (1−β₂)·g²
 *     p ← p − lr/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)
 *
 * Everything is float32. A step concatenates the tensors to one vector, so the number of arithmetic kernels does not
 * grow with the number of parameters. Moments belong to names: the order of a record's keys does not matter.
 *
 * ```js
 * const optimizer = adam({ learningRate: 1e-4 });
 * let state = optimizer.init(parameters);
 * const next = optimizer.update(parameters, gradients, state);
 * tf.dispose([parameters, gradients, state.first, state.second]);
 * ({ parameters, state } = next);
 * ```
 *
 * @param options learning rate, β₁, β₂, ε and weight decay; all but the first default to those of StarGAN v2.
 */
export function adam(options: AdamOptions): Adam {
  const given = options as AdamOptions | undefined;
  if (typeof given !== 'object')
    throw new Error(
      `adam: options must be an object such as { learningRate: 1e-4 }, got ${typeof given === 'number' ? String(given) : typeof given}`,
    );
  const { learningRate, beta1 = 0, beta2 = 0.99, epsilon = 1e-8, weightDecay = 1e-4 } = given;
  requireRange('learningRate', learningRate, Number.isFinite(learningRate) && learningRate >= 0, 'a finite number ≥ 0');
  requireRange('beta1', beta1, beta1 >= 0 && beta1 < 1, 'in [0, 1)');
  requireRange('beta2', beta2, beta2 >= 0 && beta2 < 1, 'in [0, 1)');
  requireRange('epsilon', epsilon, Number.isFinite(epsilon) && epsilon > 0, 'a finite number > 0');
  requireRange('weightDecay', weightDecay, Number.isFinite(weightDecay) && weightDecay >= 0, 'a finite number ≥ 0');

  const numbersOf = (step: number): number[] => [
    weightDecay,
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    Math.sqrt(1 - beta2 ** step),
    epsilonOnDevice(epsilon),
    learningRate / (1 - beta1 ** step),
  ];

  return {
    init(parameters) {
      const layout = layoutOf('adam.init', parameters);
      const total = layout.sizes.reduce((sum, size) => sum + size, 0);
      return { step: 0, layout, first: zeros<Rank.R1>([total]), second: zeros<Rank.R1>([total]) };
    },

    stepConstants: (step) => tensor1d(numbersOf(step)),

    update<P extends Parameters>(parameters: P, gradients: Named<P>, state: AdamState, constants?: Tensor1D): AdamUpdate<P> {
      requireState(state);
      const { layout } = state;
      requireNames('adam.update', 'parameters', parameters, layout.names);
      requireNames('adam.update', 'gradients', gradients, layout.names);
      layout.names.forEach((name, index) => {
        const parameter = tensorOf('adam.update', parameters, name);
        requireMatchingShape('adam.update', name, parameter, 'gradient', tensorOf('adam.update', gradients, name));
        if (parameter.size !== layout.sizes[index]) {
          throw new Error(
            `adam.update: '${name}' must have ${String(layout.sizes[index])} elements as when the state was made, got ${String(parameter.size)}`,
          );
        }
      });
      const step = state.step + 1;
      const numbers = numbersOf(step);
      const smallest = numbers[EPSILON]!;
      /** A number of the step, from the tensor where there is one. */
      const constant = (place: number): number | Tensor =>
        constants === undefined ? numbers[place]! : reshape(slice(constants, place, 1), []);
      const composedStep = (): Step<P> => {
        const p = flatten('adam.update', parameters, layout);
        const raw = flatten('adam.update', gradients, layout);
        const g = weightDecay === 0 ? raw : add(raw, mul(p, weightDecay));
        // With β₁ = 0 the mean gradient is the gradient: no pass over it.
        const first = beta1 === 0 ? g : add(mul(state.first, beta1), mul(g, 1 - beta1));
        // (1−β₂)·g·g from left to right, as PyTorch rounds it.
        const second = add(mul(state.second, beta2), mul(mul(g, 1 - beta2), g));
        // √v ≥ √(1−β₂)·|g| holds for numbers, and must where v has become 0.
        const length = smallest < LEAST_BOUND ? maximum(sqrt(second), mul(abs(g), Math.sqrt(1 - beta2))) : sqrt(second);
        const root = div(length, constant(CORRECTION));
        const moved = sub<Tensor1D>(p, mul(div(first, add(root, smallest)), constant(STEP_SIZE)));
        return {
          moved: unflatten('adam.update', moved, layout, parameters),
          first: first as Tensor1D,
          second: second as Tensor1D,
        };
      };
      const { moved, first, second } = tidy(
        () =>
          (smallest < LEAST_BOUND ? undefined : fusedStep(constants ?? tensor1d(numbers), parameters, gradients, state)) ?? composedStep(),
      );
      return { parameters: moved, state: { step, layout, first, second } };
    },
  };
}
