import { abs, add, concat, div, mul, reshape, split, sqrt, square, sub, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../operation.js';
import { noFlops, type FusedOperation, type NamedShapes, type RandomTensor, type Shape } from './fused-operation.js';

type Lists = FusedOperation<NamedTensors, { count: number }>;

const common = { nativeSource: 'optimizers.cc', attributes: ['count'], flops: noFlops, tolerance: 1e-5 } as const;

/** Outputs have the shapes of the inputs from the second on. */
const likeInputs = (inputs: NamedShapes, count: number): Shape[] => Object.values(inputs).slice(1, 1 + count);

const flat = (tensors: readonly Tensor[]): Tensor => concat(tensors.map((tensor) => reshape(tensor, [-1])));

/** The constants of a step, which come as one tensor. */
const constantsOf = (inputs: NamedTensors): Tensor[] => split(inputs[0]!, inputs[0]!.size);

type EightTensors = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];

/** A list as a kernel takes it: named 0, 1, … */
const numbered = (tensors: readonly Tensor[]): NamedTensors => Object.fromEntries(tensors.entries());

const PARAMETERS = [[3, 5], [7]];
const randomParameters = (random: RandomTensor): Tensor[] => PARAMETERS.map((shape) => random(...shape));

/**
 * A step of Adam: constants, both moments, parameters and gradients go in, both moments and the parameters come out.
 * `@stargan/optimizers` composes it itself where the backend has no such kernel.
 */
export const adamKernel: Lists = {
  ...common,
  kernelName: 'StarganAdam',
  inputs: ['constants', 'first', 'second'],
  lists: { leadingOutputs: 2 },
  outputShapes: (inputs, { count }) => likeInputs(inputs, 2 + count),
  composed: (inputs, { count }) => {
    const [weightDecay, beta1, rest1, beta2, rest2, correction, epsilon, stepSize] = constantsOf(inputs) as EightTensors;
    const [, first, second, ...lists] = Object.values(inputs) as [Tensor, Tensor, Tensor, ...Tensor[]];
    const parameters = lists.slice(0, count);
    const before = flat(parameters);
    const gradient = add(flat(lists.slice(count)), mul(before, weightDecay));
    const mean = add(mul(first, beta1), mul(gradient, rest1));
    const variance = add(mul(second, beta2), mul(square(gradient), rest2));
    const after = sub(before, mul(div(mean, add(div(sqrt(variance), correction), epsilon)), stepSize));
    const parts = split(
      after,
      parameters.map(({ size }) => size),
    );
    return [mean, variance, ...parts.map((part, i) => reshape(part, parameters[i]!.shape))];
  },
  samples: (random) => {
    const constants = tensor1d([1e-2, 0.5, 0.5, 0.99, 0.01, 0.8, 1e-8, 1e-2]);
    const moments = [random(22), abs(random(22))];
    return [
      { inputs: numbered([constants, ...moments, ...randomParameters(random), ...randomParameters(random)]), attributes: { count: 2 } },
    ];
  },
};

/** A step of a moving average: decay and its complement, averages and parameters go in, averages come out. */
export const movingAverageKernel: Lists = {
  ...common,
  kernelName: 'StarganMovingAverage',
  inputs: ['constants'],
  lists: { leadingOutputs: 0 },
  outputShapes: (inputs, { count }) => likeInputs(inputs, count),
  composed: (inputs, { count }) => {
    const [decay, rest] = constantsOf(inputs) as [Tensor, Tensor];
    const [, ...lists] = Object.values(inputs);
    return lists.slice(0, count).map((average, i) => add(mul(average, decay), mul(lists[count + i]!, rest)));
  },
  samples: (random) =>
    [0.25, 0.999].map((decay) => ({
      inputs: numbered([tensor1d([decay, 1 - decay]), ...randomParameters(random), ...randomParameters(random)]),
      attributes: { count: 2 },
    })),
};
