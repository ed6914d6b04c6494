import { broadcast_util, cast, engine, reshape, sum, zeros } from '@tensorflow/tfjs-core';
import type { GradConfig, NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/** Gradients of a kernel's inputs, by name, each computed when it is asked for. */
export type Gradients = Record<string, () => Tensor>;

type Gradient = (dy: Tensor, inputs: Tensor[], attributes: NamedAttrMap) => Gradients;

/** A gradient that keeps the inputs and not the output, so that it can be differentiated again. */
export function gradient(kernelName: string, inputsToSave: string[], gradFunc: Gradient): GradConfig {
  return { kernelName, inputsToSave, gradFunc: (dy, saved, attributes) => gradFunc(dy as Tensor, saved, attributes) };
}

/** Gradient of a kernel with one input `x`, which it keeps. */
export const unary = (kernelName: string, slope: (dy: Tensor, x: Tensor, attributes: NamedAttrMap) => Tensor): GradConfig =>
  gradient(kernelName, ['x'], (dy, [x], attributes) => ({ x: () => slope(dy, x!, attributes) }));

/** For gradients that need nothing but dy: the input is not kept. */
export const withoutInput = (kernelName: string, slope: (dy: Tensor, attributes: NamedAttrMap) => Tensor, input = 'x'): GradConfig => ({
  kernelName,
  gradFunc: (dy, _, attributes) => ({ [input]: () => slope(dy as Tensor, attributes) }),
});

/** 1 where the condition holds and 0 elsewhere, to multiply with. */
export const mask = (condition: Tensor): Tensor => cast(condition, 'float32');

/** The inverse of a permutation of axes. */
export const inverse = (permutation: readonly number[]): number[] => permutation.map((_, axis) => permutation.indexOf(axis));

/** Undoes broadcasting: sums over the axes along which `shape` was repeated. */
export function summedTo(shape: number[], g: Tensor): Tensor {
  const axes = broadcast_util.getReductionAxes(shape, g.shape);
  return reshape(axes.length > 0 ? sum(g, axes) : g, shape);
}

type Side = (dy: Tensor, a: Tensor, b: Tensor) => Tensor;

/** Gradient of a kernel with two inputs, `a` and `b` unless other names are given, that broadcasts. */
export const binary = (kernelName: string, forA: Side, forB: Side, [first, second]: [string, string] = ['a', 'b']): GradConfig =>
  gradient(kernelName, [first, second], (dy, [a, b]) => ({
    [first]: () => summedTo(a!.shape, forA(dy, a!, b!)),
    [second]: () => summedTo(b!.shape, forB(dy, a!, b!)),
  }));

/** Gradient of a piecewise constant kernel: zeros. They are float32 whatever the inputs are, as the tape demands. */
export const flat = (kernelName: string, inputs: string[]): GradConfig =>
  gradient(kernelName, inputs, (_, saved) => Object.fromEntries(inputs.map((name, i) => [name, () => zeros(saved[i]!.shape)])));

/** Runs a kernel that has no function of its own in tfjs-core's public interface; it is recorded like any other. */
export function runKernel(name: string, inputs: NamedTensorMap, attributes: NamedAttrMap): Tensor {
  return engine().runKernel(name, inputs, attributes);
}
