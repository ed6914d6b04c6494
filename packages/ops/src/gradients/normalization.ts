import { add, mul, neg, onesLike, pow, rsqrt, sub } from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { gradient, runKernel, summedTo } from './define.js';

/** Gradients of the kernels that normalise, and of dilation, which has a kernel of its own for each. */
export const normalization: readonly GradConfig[] = [
  gradient('FusedBatchNorm', ['x', 'mean', 'variance', 'scale'], (dy, [x, mean, variance, scale], { varianceEpsilon }) => {
    const factor = (): Tensor => scale ?? onesLike(mean!);
    const inverse = (): Tensor => rsqrt(add(variance!, varianceEpsilon as number));
    const to = (g: Tensor): Tensor => summedTo(mean!.shape, g);
    return {
      x: () => mul(dy, mul(inverse(), factor())),
      mean: () => to(neg(mul(dy, mul(inverse(), factor())))),
      variance: () => to(mul(mul(dy, mul(sub(x!, mean!), factor())), mul(pow(inverse(), 3), -0.5))),
      scale: () => to(mul(dy, mul(sub(x!, mean!), inverse()))),
      offset: () => to(dy),
    };
  }),
  {
    kernelName: 'LRN',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attributes) => {
      const [x, y] = saved as [Tensor, Tensor];
      return { x: () => runKernel('LRNGrad', { x, y, dy: dy as Tensor }, attributes) };
    },
  },
  gradient('Dilation2D', ['x', 'filter'], (dy, [x, filter], attributes) => ({
    x: () => runKernel('Dilation2DBackpropInput', { x: x!, filter: filter!, dy }, attributes),
    filter: () => runKernel('Dilation2DBackpropFilter', { x: x!, filter: filter!, dy }, attributes),
  })),
];
