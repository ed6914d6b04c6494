import {
  add,
  cast,
  div,
  floor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  logicalNot,
  mul,
  neg,
  notEqual,
  onesLike,
  pow,
  square,
  sub,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { binary, gradient, mask, summedTo, withoutInput } from './define.js';

// b = 0 costs nothing at a = 0, where a^(b−1) is infinite.
const powerSlope = (dy: Tensor, a: Tensor, b: Tensor): Tensor => {
  const constant = mask(notEqual(b, 0));
  const exponent = sub(b, 1);
  return mul(dy, mul(mul(b, constant), pow(a, mul(exponent, constant))));
};

// Where the base is not positive, the logarithm of 1 is taken instead, so that the second derivative holds no NaN.
const exponentSlope = (dy: Tensor, a: Tensor, b: Tensor): Tensor => mul(dy, mul(pow(a, b), log(where(greater(a, 0), a, onesLike(a)))));

/** Gradients of the kernels that compute with two tensors, or a list of them. */
export const arithmetic: readonly GradConfig[] = [
  binary(
    'Add',
    (dy) => dy,
    (dy) => dy,
  ),
  binary(
    'Sub',
    (dy) => dy,
    (dy) => neg(dy),
  ),
  binary(
    'Multiply',
    (dy, _, b) => mul(dy, b),
    (dy, a) => mul(dy, a),
  ),
  binary(
    'RealDiv',
    (dy, _, b) => div(dy, b),
    (dy, a, b) => neg(div(mul(dy, a), square(b))),
  ),
  binary(
    'SquaredDifference',
    (dy, a, b) => mul(dy, mul(sub(a, b), 2)),
    (dy, a, b) => mul(dy, mul(sub(b, a), 2)),
  ),
  binary('Pow', powerSlope, exponentSlope),
  binary(
    'Maximum',
    (dy, a, b) => mul(dy, mask(greaterEqual(a, b))),
    (dy, a, b) => mul(dy, mask(less(a, b))),
  ),
  binary(
    'Minimum',
    (dy, a, b) => mul(dy, mask(lessEqual(a, b))),
    (dy, a, b) => mul(dy, mask(greater(a, b))),
  ),
  binary(
    'Atan2',
    (dy, a, b) => mul(dy, div(b, add(square(a), square(b)))),
    (dy, a, b) => neg(mul(dy, div(a, add(square(a), square(b))))),
  ),
  binary(
    'Mod',
    (dy) => dy,
    (dy, a, b) => mul(dy, neg(floor(div(a, b)))),
  ),
  // As tfjs has it: the slope of the quotient before it is rounded down.
  binary(
    'FloorDiv',
    (dy, _, b) => div(dy, cast(b, 'float32')),
    (dy, a, b) => neg(div(mul(dy, cast(a, 'float32')), square(cast(b, 'float32')))),
  ),
  {
    kernelName: 'AddN',
    saveAllInputs: true,
    gradFunc: (dy, terms) => Object.fromEntries(terms.map((_, i) => [i, () => (dy as Tensor).clone()])),
  },
  gradient('Select', ['condition'], (dy, [condition]) => ({
    condition: () => zeros(condition!.shape),
    t: () => mul(dy, mask(condition!)),
    e: () => mul(dy, mask(logicalNot(condition!))),
  })),
  gradient('ClipByValue', ['x'], (dy, [x], { clipValueMin, clipValueMax }) => ({
    x: () => mul(dy, mul(mask(greaterEqual(x!, clipValueMin as number)), mask(lessEqual(x!, clipValueMax as number)))),
  })),
  withoutInput('Cast', (dy) => cast(dy, 'float32')),
  withoutInput('Identity', (dy) => cast(dy, 'float32')),
  withoutInput('OnesLike', (dy) => zerosLike(dy)),
  withoutInput('ZerosLike', (dy) => zerosLike(dy)),
  gradient('OneHot', ['indices'], (_, [indices]) => ({ indices: () => zeros(indices!.shape) })),
  gradient('Prelu', ['x', 'alpha'], (dy, [x, alpha]) => {
    const below = (): Tensor => mask(lessEqual(x!, 0));
    return {
      x: () => mul(dy, add(mul(below(), alpha!), mask(greater(x!, 0)))),
      alpha: () => summedTo(alpha!.shape, mul(dy, mul(below(), x!))),
    };
  }),
];
