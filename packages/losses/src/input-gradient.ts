import { add, engine, getGradient, mul, relu, reshape, sqrt, square, step, sub, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { requireNonNegative } from './internal/numbers.js';
import { requireBatch } from './internal/shapes.js';
import { described, isTensor, requireTensor } from './internal/tensors.js';
import { recordedSteps, requireTwiceDifferentiable } from './internal/twice-differentiable.js';
import { reduceSamples, type LossOptions, type Reduced, type Reduction } from './reduction.js';

/** f(x), or an error that says what came instead of a tensor. The error of tfjs would speak of functions that the caller never wrote. */
function outputsOf(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const outputs: unknown = f(x);
  if (isTensor(outputs)) return outputs;
  const remedy = Array.isArray(outputs) ? '; return the one that the gradient is of, such as (x) => f(x)[0]' : '';
  throw new Error(`outputsAndInputGradient: f(x) must be one tensor, got ${described(outputs)}${remedy}`);
}

/** A function's value at a point, and the gradient of the value's sum with respect to that point. */
export type OutputsAndInputGradient = {
  /** `f(x)`. */
  readonly outputs: Tensor;
  /** ∂ Σ f(x) / ∂x, the shape of x. */
  readonly gradient: Tensor;
};

/**
 * f(x) and ∂ Σ f(x) / ∂x from **one** forward pass. Inside `tf.variableGrads`, `tf.valueAndGrads` and the like both
 * results can be differentiated again, so a discriminator step takes its logits' loss and its penalty from one call:
 *
 * ```js
 * const { outputs, gradient } = outputsAndInputGradient((x) => discriminator(parameters, x), image);
 * const loss = tf.add(realLogisticLoss(outputs), r1PenaltyOfGradient(gradient));
 * ```
 *
 * When the samples of a batch do not see each other in `f` (no batch normalisation), sample i of the gradient is the gradient of the
 * output of sample i alone.
 *
 * To differentiate again, every operation in `f` needs a right second derivative. tensorflow.js has none for leakyRelu, prelu, elu,
 * selu, where, maximum, clipByValue, pooling, depthwise convolutions and resizing, and a wrong one for tanh, sigmoid, exp and
 * softmax: all of them are refused here by name. `import '@stargan/ops/second-order'` makes them right, and with them the layers of
 * tf.layers.
 *
 * Where `f` has several outputs, return the one to differentiate: `(x) => critic(x)[0]`.
 *
 * The caller owns both results.
 *
 * @param f a function of one tensor; the outer gradient also reaches what it closes over (parameters).
 * @param x float32, any shape.
 * @throws when no gradients are registered, when the result of `f` does not depend on `x`, or when the gradient is to be
 * differentiated again and tensorflow.js would get that wrong.
 */
export function outputsAndInputGradient(f: (x: Tensor) => Tensor, x: Tensor): OutputsAndInputGradient {
  requireTensor('outputsAndInputGradient', 'x', x);
  if (getGradient('Square') === undefined) {
    throw new Error(
      'outputsAndInputGradient: expected tfjs to have gradients registered, got none (tfjs-core alone has none); ' +
        "import '@tensorflow/tfjs', '@tensorflow/tfjs-node' or '@tensorflow/tfjs-layers' once before",
    );
  }
  const forward = recordedSteps();
  let backward = forward;
  const recorded = (): Tensor => {
    const y = outputsOf(f, x);
    backward = recordedSteps();
    return y;
  };
  const { value, grads } = engine().gradients(recorded, [x], undefined, true);
  const gradient = grads[0];
  if (gradient === undefined) {
    value.dispose();
    throw new Error(
      'outputsAndInputGradient: f(x) must depend on x through differentiable operations, got a result that does not; ' +
        'use the argument of f, not a tensor computed before',
    );
  }
  // With nothing recorded around it, nobody can differentiate it again.
  if (engine().state.gradientDepth > 0) requireTwiceDifferentiable('outputsAndInputGradient', x, value, { forward, backward });
  return { outputs: value, gradient };
}

/**
 * ‖g‖² of every sample, summed over all axes but the batch.
 *
 * @param gradient float32 `[batch, ...]`.
 * @returns `[batch]`, ≥ 0.
 * @throws when `gradient` is not float32 or has no sample.
 */
export function squaredGradientNorm(gradient: Tensor): Tensor1D {
  requireBatch('squaredGradientNorm', 'gradient', gradient);
  const batch = gradient.shape[0] ?? 1;
  return tidy(() => sum<Tensor1D>(square(reshape(gradient, [batch, gradient.size / batch])), 1));
}

/**
 * ‖g‖ of every sample, the root of the sum of squares over all axes but the batch. Its derivative at g = 0 is 0, as in PyTorch, where
 * that of `tf.sqrt` is infinite.
 *
 * @param gradient float32 `[batch, ...]`, magnitudes up to 10¹⁸ (its squares must be finite).
 * @returns `[batch]`, ≥ 0.
 * @throws when `gradient` is not float32 or has no sample.
 */
export function gradientNorm(gradient: Tensor): Tensor1D {
  return tidy(() => {
    const squared = squaredGradientNorm(gradient);
    const isPositive = step(squared);
    // Where the norm is 0 the root is taken of 1 instead, and multiplied away with its derivative.
    return mul<Tensor1D>(sqrt(add(squared, sub(1, isPositive))), isPositive);
  });
}

/**
 * R1 or R2 from a gradient that is already there, that of {@link outputsAndInputGradient}: ½‖g‖² of every sample.
 *
 * @param gradient float32 `[batch, ...]`, of the discriminator's logits with respect to its images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `gradient` is not float32 or has no sample.
 */
export function r1PenaltyOfGradient<R extends Reduction = 'mean'>(gradient: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  return tidy(() => reduceSamples('r1PenaltyOfGradient', mul(squaredGradientNorm(gradient), 0.5), options));
}

/** Options of the penalties that hold the norm of a gradient near a target. */
export interface GradientNormOptions<R extends Reduction = Reduction> extends LossOptions<R> {
  /** The norm without penalty, ≥ 0, default 1. */
  readonly target?: number | undefined;
  /** Whether only norms above the target are penalised (max(0, ‖g‖ − target)², WGAN-LP); default false. */
  readonly oneSided?: boolean | undefined;
}

/**
 * The penalty of WGAN-GP and DRAGAN from a gradient that is already there, that of {@link outputsAndInputGradient}: (‖g‖ − target)² of
 * every sample.
 *
 * @param gradient float32 `[batch, ...]`, of a critic with respect to its input.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `gradient` is not float32 or has no sample, or `target` is negative or not finite.
 */
export function gradientNormPenaltyOfGradient<R extends Reduction = 'mean'>(
  gradient: Tensor,
  { target = 1, oneSided = false, ...options }: GradientNormOptions<R> = {},
): Reduced<R> {
  requireNonNegative('gradientNormPenaltyOfGradient', 'target', target);
  return tidy(() => {
    const excess = sub(gradientNorm(gradient), target);
    return reduceSamples('gradientNormPenaltyOfGradient', square(oneSided ? relu(excess) : excess), options);
  });
}
