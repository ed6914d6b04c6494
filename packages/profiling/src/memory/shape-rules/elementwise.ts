import { backend_util, broadcast_util } from '@tensorflow/tfjs-core';
import type { DataType } from '@tensorflow/tfjs-core';
import { each, input, like, one, type ShapeRule, type ShapeRules } from '../shape-rule.js';

/** Of two inputs, which are repeated along axes of length 1. */
export const broadcast =
  (dtype?: DataType): ShapeRule =>
  (inputs) => {
    const [a, b] = [input(inputs, 'a'), input(inputs, 'b')];
    return one(broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape), { dtype: dtype ?? backend_util.upcastType(a.dtype, b.dtype) });
  };

const ONE_INPUT = [
  ...['Abs', 'Neg', 'Sign', 'Square', 'Sqrt', 'Rsqrt', 'Reciprocal', 'Exp', 'Expm1', 'Log', 'Log1p', 'Erf'],
  ...['Ceil', 'Floor', 'Round', 'ClipByValue', 'OnesLike', 'ZerosLike'],
  ...['Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh'],
  ...['Relu', 'Relu6', 'LeakyRelu', 'Elu', 'Selu', 'Sigmoid', 'Softplus', 'Step', 'Prelu'],
];

/** Kernels that work on each element alone. */
export const elementwiseRules: ShapeRules = {
  ...each(ONE_INPUT, like('x')),
  ...each(['IsNan', 'IsInf', 'IsFinite', 'LogicalNot'], like('x', 'bool')),
  ...each(['Add', 'Sub', 'Multiply', 'RealDiv', 'Mod', 'Pow', 'Maximum', 'Minimum', 'SquaredDifference', 'Atan2'], broadcast()),
  ...each(['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr'], broadcast('bool')),
  FloorDiv: broadcast('int32'),
  AddN: like('0'),
  EluGrad: like('dy'),
  Select: (inputs) => one(input(inputs, 't').shape, { dtype: backend_util.upcastType(input(inputs, 't').dtype, input(inputs, 'e').dtype) }),
};
