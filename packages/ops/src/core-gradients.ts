import {
  broadcast_util,
  cast,
  concat,
  div,
  exp,
  getGradient,
  matMul,
  mul,
  neg,
  onesLike,
  pad,
  registerGradient,
  reshape,
  rsqrt,
  sign,
  slice,
  slice_util,
  split,
  square,
  step,
  sub,
  sum,
  transpose,
  util,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { sigmoid } from './activations.js';

type Gradient = (dy: Tensor, inputs: Tensor[], attributes: NamedAttrMap) => Record<string, () => Tensor>;

/** A gradient that keeps the inputs and lets go of the output, so that it can be differentiated again. */
function gradient(kernelName: string, inputsToSave: string[], gradFunc: Gradient): GradConfig {
  return { kernelName, inputsToSave, gradFunc: (dy, saved, attributes) => gradFunc(dy as Tensor, saved, attributes) };
}

const unary = (kernelName: string, slope: (dy: Tensor, x: Tensor) => Tensor): GradConfig =>
  gradient(kernelName, ['x'], (dy, [x]) => ({ x: () => slope(dy, x!) }));

/** For gradients that need nothing but dy: the input can be let go. */
const withoutInput = (kernelName: string, slope: (dy: Tensor) => Tensor): GradConfig => ({
  kernelName,
  gradFunc: (dy) => ({ x: () => slope(dy as Tensor) }),
});

/** Undoes broadcasting: sums over the axes along which `shape` was repeated. */
function summedTo(shape: number[], g: Tensor): Tensor {
  const axes = broadcast_util.getReductionAxes(shape, g.shape);
  return reshape(axes.length > 0 ? sum(g, axes) : g, shape);
}

type Side = (dy: Tensor, a: Tensor, b: Tensor) => Tensor;

const binary = (kernelName: string, forA: Side, forB: Side): GradConfig =>
  gradient(kernelName, ['a', 'b'], (dy, [a, b]) => ({
    a: () => summedTo(a!.shape, forA(dy, a!, b!)),
    b: () => summedTo(b!.shape, forB(dy, a!, b!)),
  }));

/** Spreads the gradient of a sum over `axis` to the summed elements. */
function spread(dy: Tensor, x: Tensor, axis: NamedAttrMap[string] | undefined): Tensor {
  const kept = [...x.shape];
  for (const each of util.parseAxisParam(axis as number | number[], x.shape)) kept[each] = 1;
  return mul(reshape(dy, kept), onesLike(x));
}

function inverse(permutation: number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}

function productGradient(dy: Tensor, a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Record<string, () => Tensor> {
  return {
    a: () => (transposeA ? matMul(b, dy, transposeB, true) : matMul(dy, b, false, !transposeB)),
    b: () => (transposeB ? matMul(dy, a, true, transposeA) : matMul(a, dy, !transposeA, false)),
  };
}

const gradients: readonly GradConfig[] = [
  binary('Add', (dy) => dy, (dy) => dy),
  binary('Sub', (dy) => dy, (dy) => neg(dy)),
  binary('Multiply', (dy, _, b) => mul(dy, b), (dy, a) => mul(dy, a)),
  binary('RealDiv', (dy, _, b) => div(dy, b), (dy, a, b) => neg(div(mul(dy, a), square(b)))),
  binary('SquaredDifference', (dy, a, b) => mul(dy, mul(sub(a, b), 2)), (dy, a, b) => mul(dy, mul(sub(b, a), 2))),
  unary('Abs', (dy, x) => mul(dy, sign(x))),
  withoutInput('Cast', (dy) => cast(dy, 'float32')),
  unary('Exp', (dy, x) => mul(dy, exp(x))),
  withoutInput('Identity', (dy) => cast(dy, 'float32')),
  unary('Log', (dy, x) => div(dy, x)),
  withoutInput('Neg', (dy) => neg(dy)),
  withoutInput('OnesLike', (dy) => zerosLike(dy)),
  unary('Relu', (dy, x) => mul(dy, step(x))),
  unary('Reshape', (dy, x) => reshape(dy, x.shape)),
  unary('Rsqrt', (dy, x) => mul(dy, mul(div(rsqrt(x), x), -0.5))),
  withoutInput('Sign', (dy) => zerosLike(dy)),
  unary('Softplus', (dy, x) => mul(dy, sigmoid(x))),
  unary('Sqrt', (dy, x) => mul(dy, mul(rsqrt(x), 0.5))),
  unary('Square', (dy, x) => mul(dy, mul(x, 2))),
  withoutInput('Step', (dy) => zerosLike(dy)),
  withoutInput('ZerosLike', (dy) => zerosLike(dy)),
  gradient('BatchMatMul', ['a', 'b'], (dy, [a, b], { transposeA, transposeB }) =>
    productGradient(dy, a!, b!, transposeA === true, transposeB === true)),
  {
    kernelName: 'Concat',
    saveAllInputs: true,
    gradFunc: (dy, parts, { axis }) => {
      const [along] = util.parseAxisParam(axis as number, parts[0]!.shape) as [number];
      const sizes = parts.map(({ shape }) => shape[along]!);
      return Object.fromEntries(parts.map((_, i) => [i, () => split(dy as Tensor, sizes, along)[i]!]));
    },
  },
  {
    kernelName: 'PadV2',
    gradFunc: (dy, _, { paddings }) => {
      const padded = dy as Tensor;
      const sides = paddings as [number, number][];
      return { x: () => slice(padded, sides.map(([before]) => before), padded.shape.map((size, axis) => size - sides[axis]![0] - sides[axis]![1])) };
    },
  },
  gradient('Slice', ['x'], (dy, [x], { begin, size }) => {
    const [first, counts] = slice_util.parseSliceParams(x!, begin as number[], size as number[]);
    return { x: () => pad(dy, first!.map((before, axis) => [before, x!.shape[axis]! - before - counts![axis]!] as [number, number])) };
  }),
  { kernelName: 'SplitV', gradFunc: (dy, _, { axis }) => ({ x: () => concat(dy as Tensor[], axis as number) }) },
  gradient('Mean', ['x'], (dy, [x], { axis }) => ({ x: () => mul(spread(dy, x!, axis), dy.size / x!.size) })),
  gradient('Sum', ['x'], (dy, [x], { axis }) => ({ x: () => spread(dy, x!, axis) })),
  gradient('Transpose', ['x'], (dy, _, { perm }) => ({ x: () => transpose(dy, inverse(perm as number[])) })),
];

/** Kernels that get a gradient here when tensorflow.js brings none. */
export const coreGradientKernels: readonly string[] = gradients.map(({ kernelName }) => kernelName);

/**
 * `@tensorflow/tfjs-core` alone has no gradients of its own operations in Node.js: they come with
 * `@tensorflow/tfjs` or `tfjs-node`. This fills in those that losses and norms need, and leaves alone what is there.
 */
export function fillInCoreGradients(): void {
  for (const config of gradients) {
    if (getGradient(config.kernelName) == null) registerGradient(config);
  }
}
