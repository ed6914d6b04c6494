import { engine, getGradient, mul, reshape, square, sum, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { reduceSamples, type LossOptions, type Reduced, type Reduction } from './reduction.js';
import { requireBatch } from './shapes.js';
import { described, isTensor, requireTensor } from './tensors.js';
import { recordedSteps, requireTwiceDifferentiable } from './twice-differentiable.js';

/** f(x), or an error that says what came instead of a tensor: tfjs's own speaks of functions that the caller never wrote. */
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
 * When the samples of a batch do not see each other in `f` (no batch normalisation), sample i of the gradient is
 * the gradient of sample i's own output.
 *
 * To differentiate again, every operation in `f` needs a right second derivative. tensorflow.js has none of leakyRelu,
 * prelu, elu, selu, where, maximum, clipByValue, pooling, depthwise convolutions and resizing, and a wrong one of tanh,
 * sigmoid, exp and softmax: both are refused here by name. `import '@stargan/ops/second-order'` makes them right, and
 * with them the layers of tf.layers.
 *
 * Where `f` has several outputs, return the one that the gradient is of: `(x) => critic(x)[0]`.
 *
 * The caller owns both results.
 *
 * @param f a function of one tensor; what it closes over (parameters) is seen by the outer gradient.
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
 * R1 from a gradient that is already there, {@link outputsAndInputGradient}'s: ½‖g‖² of every sample.
 *
 * @param gradient float32 `[batch, ...]`, of the discriminator's logits with respect to real images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `gradient` is not float32 or has no sample.
 */
export function r1PenaltyOfGradient<R extends Reduction = 'mean'>(gradient: Tensor, options: LossOptions<R> = {}): Reduced<R> {
  return tidy(() => reduceSamples('r1PenaltyOfGradient', mul(squaredGradientNorm(gradient), 0.5), options));
}

/**
 * R1 (Mescheder et al. 2018), the regulariser of equation (5): ½·E‖∇ₓD(x)‖² on real images, the norm summed over
 * pixels and channels. It can be differentiated with respect to whatever `discriminator` closes over. When the
 * logits are needed too, {@link outputsAndInputGradient} saves the second forward pass.
 *
 * @param discriminator image → logits `[batch]` or `[batch, 1]`, each sample's from that sample alone; see
 * {@link outputsAndInputGradient} for the operations to avoid.
 * @param image float32 `[batch, height, width, channels]` (or any `[batch, ...]`), real images.
 * @returns a scalar, or `[batch]` with `reduction: 'none'`; ≥ 0.
 * @throws when `image` is not float32 or has no sample, or the logits do not depend on it.
 */
export function r1Penalty<R extends Reduction = 'mean'>(
  discriminator: (image: Tensor) => Tensor,
  image: Tensor,
  options: LossOptions<R> = {},
): Reduced<R> {
  requireBatch('r1Penalty', 'image', image);
  return tidy(() => r1PenaltyOfGradient(outputsAndInputGradient(discriminator, image).gradient, options));
}
