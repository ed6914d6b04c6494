import {
  greater,
  leakyRelu as tfLeakyRelu,
  mul,
  onesLike,
  sigmoid as tfSigmoid,
  softplus as tfSoftplus,
  sub,
  tanh as tfTanh,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { nativeBackend } from './native.js';
import { defineOperation, type Operation } from './operation.js';

const rectify: Operation<{ x: Tensor }, { slope: number }> = defineOperation({
  name: 'LeakyRelu',
  forward: ({ x }, { slope }) => tfLeakyRelu(x, slope),
  saved: ['x'],
  gradients: (dy, { x }, { slope }) => ({ x: () => rectifyGradient({ dy, x }, { slope }) }),
});

/** Gradient of the leaky ReLU with respect to its input. */
export const rectifyGradient: Operation<{ dy: Tensor; x: Tensor }, { slope: number }> = defineOperation({
  name: 'LeakyReluGradient',
  forward: ({ dy, x }, { slope }) => {
    const native = nativeBackend();
    if (native === undefined) return where(greater(x, 0), dy, mul(dy, slope));
    const { TF_ATTR_FLOAT, TF_ATTR_TYPE, TF_FLOAT } = native.binding;
    const attributes = [
      { name: 'alpha', type: TF_ATTR_FLOAT, value: slope },
      { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    ];
    return native.executeSingleOutput('LeakyReluGrad', attributes, [dy, x]);
  },
  saved: ['x'],
  gradients: (g, { x }, { slope }) => ({
    dy: () => rectifyGradient({ dy: g, x }, { slope }),
    // Piecewise linear: the second derivative is zero everywhere but at the kink.
    x: () => zerosLike(x),
  }),
});

/**
 * max(x, 0) + slope · min(x, 0). The derivative at 0 is `slope`, as in PyTorch.
 *
 * @param x any shape
 * @param slope factor of negative values
 */
export function leakyRelu<T extends Tensor>(x: T, slope = 0.2): T {
  return rectify({ x }, { slope }) as T;
}

const logistic: Operation<{ x: Tensor }, object> = defineOperation({
  name: 'Sigmoid',
  forward: ({ x }) => tfSigmoid(x),
  saved: ['x'],
  gradients: (dy, { x }) => ({
    x: () => {
      const s = logistic({ x }, {});
      return mul(dy, mul(s, sub(1, s)));
    },
  }),
});

/** 1 / (1 + e⁻ˣ), elementwise. @param x any shape */
export function sigmoid<T extends Tensor>(x: T): T {
  return logistic({ x }, {}) as T;
}

const hyperbolicTangent: Operation<{ x: Tensor }, object> = defineOperation({
  name: 'Tanh',
  forward: ({ x }) => tfTanh(x),
  saved: ['x'],
  gradients: (dy, { x }) => ({
    x: () => {
      const t = hyperbolicTangent({ x }, {});
      return mul(dy, sub(onesLike(t), mul(t, t)));
    },
  }),
});

/** Hyperbolic tangent, elementwise. @param x any shape */
export function tanh<T extends Tensor>(x: T): T {
  return hyperbolicTangent({ x }, {}) as T;
}

const softPlus: Operation<{ x: Tensor }, object> = defineOperation({
  name: 'Softplus',
  forward: ({ x }) => tfSoftplus(x),
  saved: ['x'],
  gradients: (dy, { x }) => ({ x: () => mul(dy, logistic({ x }, {})) }),
});

/** log(1 + eˣ), elementwise, without overflow. @param x any shape */
export function softplus<T extends Tensor>(x: T): T {
  return softPlus({ x }, {}) as T;
}
