import {
  add,
  cos,
  cosh,
  div,
  exp,
  greater,
  lessEqual,
  mul,
  neg,
  rsqrt,
  sign,
  sin,
  sinh,
  square,
  step,
  sub,
  tan,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { sigmoid, tanh } from '../activations.js';
import { mask, unary, withoutInput } from './define.js';

const oneMinus = (x: Tensor): Tensor => sub(1, x);
const oneMinusSquare = (x: Tensor): Tensor => sub(1, square(x));

/** λ and λα of the scaled exponential linear unit (Klambauer et al. 2017, arXiv 1706.02515). */
const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;

/** e^x below zero and 1 above: the exponent is 0 where it is not used, so that it cannot overflow there. */
const exponentialBelow = (x: Tensor, scale: number): Tensor => mul(mask(lessEqual(x, 0)), mul(exp(mul(x, mask(lessEqual(x, 0)))), scale));

/** Gradients of the kernels that compute each element from one. */
export const elementwise: readonly GradConfig[] = [
  unary('Abs', (dy, x) => mul(dy, sign(x))),
  unary('Acos', (dy, x) => neg(mul(dy, rsqrt(oneMinusSquare(x))))),
  unary('Acosh', (dy, x) => mul(dy, rsqrt(sub(square(x), 1)))),
  unary('Asin', (dy, x) => mul(dy, rsqrt(oneMinusSquare(x)))),
  unary('Asinh', (dy, x) => mul(dy, rsqrt(add(square(x), 1)))),
  unary('Atan', (dy, x) => div(dy, add(square(x), 1))),
  unary('Atanh', (dy, x) => div(dy, oneMinusSquare(x))),
  unary('Cos', (dy, x) => neg(mul(dy, sin(x)))),
  unary('Cosh', (dy, x) => mul(dy, sinh(x))),
  unary('Elu', (dy, x) => mul(dy, add(mask(greater(x, 0)), exponentialBelow(x, 1)))),
  unary('Erf', (dy, x) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
  unary('Exp', (dy, x) => mul(dy, exp(x))),
  unary('Expm1', (dy, x) => mul(dy, exp(x))),
  unary('LeakyRelu', (dy, x, { alpha }) => mul(dy, add(mask(greater(x, 0)), mul(mask(lessEqual(x, 0)), alpha as number)))),
  unary('Log', (dy, x) => div(dy, x)),
  unary('Log1p', (dy, x) => div(dy, add(x, 1))),
  withoutInput('Neg', (dy) => neg(dy)),
  unary('Reciprocal', (dy, x) => neg(div(dy, square(x)))),
  unary('Relu', (dy, x) => mul(dy, step(x))),
  unary('Relu6', (dy, x) => mul(dy, mul(mask(lessEqual(x, 6)), step(x)))),
  unary('Rsqrt', (dy, x) => mul(dy, mul(div(rsqrt(x), x), -0.5))),
  unary('Selu', (dy, x) => mul(dy, add(mul(mask(greater(x, 0)), SELU_SCALE), exponentialBelow(x, SELU_SCALE_ALPHA)))),
  unary('Sigmoid', (dy, x) => {
    const s = sigmoid(x);
    return mul(dy, mul(s, oneMinus(s)));
  }),
  unary('Sin', (dy, x) => mul(dy, cos(x))),
  unary('Sinh', (dy, x) => mul(dy, cosh(x))),
  unary('Softplus', (dy, x) => mul(dy, sigmoid(x))),
  unary('Sqrt', (dy, x) => mul(dy, mul(rsqrt(x), 0.5))),
  unary('Square', (dy, x) => mul(dy, mul(x, 2))),
  unary('Tan', (dy, x) => mul(dy, add(square(tan(x)), 1))),
  unary('Tanh', (dy, x) => mul(dy, oneMinusSquare(tanh(x)))),
  ...['Ceil', 'Floor', 'IsFinite', 'IsInf', 'IsNan', 'Round', 'Sign', 'Step'].map((name) => withoutInput(name, (dy) => zerosLike(dy))),
];
