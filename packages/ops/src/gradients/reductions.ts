import { cumprod, cumsum, equal, max, min, mul, onesLike, reshape, softmax, sub, sum, transpose, util } from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { gradient, inverse, mask } from './define.js';

type Axis = NamedAttrMap[string] | undefined;

function axesOf(axis: Axis, x: Tensor): number[] {
  return util.parseAxisParam((axis ?? x.shape.map((_, i) => i)) as number | number[], x.shape);
}

/** The shape of x with the reduced axes kept as 1. */
function keptShape(x: Tensor, axis: Axis): number[] {
  const kept = [...x.shape];
  for (const each of axesOf(axis, x)) kept[each] = 1;
  return kept;
}

/** Spreads the gradient of a sum over `axis` to the summed elements. */
const spread = (dy: Tensor, x: Tensor, axis: Axis): Tensor => mul(reshape(dy, keptShape(x, axis)), onesLike(x));

/** As tfjs and PyTorch's amax: every element that attains the extreme gets the whole gradient. */
function toExtreme(dy: Tensor, x: Tensor, axis: Axis, extreme: (x: Tensor, axis: number[], keepDims: boolean) => Tensor): Tensor {
  return mul(reshape(dy, keptShape(x, axis)), mask(equal(x, extreme(x, axesOf(axis, x), true))));
}

/** Product of all other elements along the axes, times dy. */
function productGradient(dy: Tensor, x: Tensor, axis: Axis): Tensor {
  const reduced = axesOf(axis, x);
  const kept = x.shape.map((_, i) => i).filter((i) => !reduced.includes(i));
  const order = [...kept, ...reduced];
  const outer = kept.map((i) => x.shape[i]!);
  const flatShape = [...outer, reduced.reduce((size, i) => size * x.shape[i]!, 1)];
  const rows = reshape(transpose(x, order), flatShape);
  const others = mul(cumprod(rows, outer.length, true, false), cumprod(rows, outer.length, true, true));
  const g = mul(reshape(dy, [...outer, 1]), others);
  return transpose(
    reshape(
      g,
      order.map((i) => x.shape[i]!),
    ),
    inverse(order),
  );
}

/** Gradients of the kernels that compute along axes. */
export const reductions: readonly GradConfig[] = [
  gradient('Mean', ['x'], (dy, [x], { axis }) => ({ x: () => mul(spread(dy, x!, axis), dy.size / x!.size) })),
  gradient('Sum', ['x'], (dy, [x], { axis }) => ({ x: () => spread(dy, x!, axis) })),
  gradient('Max', ['x'], (dy, [x], { reductionIndices }) => ({ x: () => toExtreme(dy, x!, reductionIndices, max) })),
  gradient('Min', ['x'], (dy, [x], { axis }) => ({ x: () => toExtreme(dy, x!, axis, min) })),
  gradient('Prod', ['x'], (dy, [x], { axis }) => ({ x: () => productGradient(dy, x!, axis) })),
  {
    kernelName: 'Cumsum',
    gradFunc: (dy, _, { axis, exclusive, reverse }) => ({
      x: () => cumsum(dy as Tensor, axis as number, exclusive === true, reverse !== true),
    }),
  },
  gradient('Softmax', ['logits'], (dy, [logits], { dim }) => ({
    logits: () => {
      const y = softmax(logits!, dim as number);
      const weighted = mul(dy, y);
      return sub(weighted, mul(sum(weighted, dim as number, true), y));
    },
  })),
];
