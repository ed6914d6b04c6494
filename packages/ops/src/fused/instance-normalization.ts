import {
  composeInputGradient,
  composeNormalization,
  composeScaleGradient,
  composeShiftGradient,
  type NormalizationAttributes,
  type Normalized,
  type WithGradient,
} from '../normalization-composition.js';
import { noFlops, shapeOf, type KernelSample, type RandomTensor, type SingleOutputOperation } from './fused-operation.js';

const common = {
  nativeSource: 'normalization.cc',
  attributes: ['epsilon', 'slope', 'offset'],
  flops: noFlops,
  tolerance: 1e-4,
} as const;
const gradient = { ...common, inputs: ['dy', 'x', 'scale', 'shift'] } as const;

const attributes: NormalizationAttributes = { epsilon: 1e-5, slope: 0.2, offset: 1 };
// One scale for all images, and one for each.
const SCALES = [[67], [2, 67]];
const normalized = (random: RandomTensor, shape: readonly number[]): Normalized => ({
  x: random(2, 5, 7, 67),
  scale: random(...shape),
  shift: random(...shape),
});
const samples = (random: RandomTensor): KernelSample<Normalized, NormalizationAttributes>[] =>
  SCALES.map((shape) => ({ inputs: normalized(random, shape), attributes }));
const gradientSamples = (random: RandomTensor): KernelSample<WithGradient, NormalizationAttributes>[] =>
  SCALES.map((shape) => ({ inputs: { ...normalized(random, shape), dy: random(2, 5, 7, 67) }, attributes }));

/** Normalisation, scale, shift and leaky ReLU. */
export const instanceNormalizationKernel: SingleOutputOperation<Normalized, NormalizationAttributes> = {
  ...common,
  kernelName: 'StarganInstanceNormalization',
  inputs: ['x', 'scale', 'shift'],
  outputShapes: shapeOf('x'),
  composed: (inputs, values) => composeNormalization(inputs, values),
  samples,
};

/** Its gradient with respect to x. */
export const instanceNormalizationInputGradientKernel: SingleOutputOperation<WithGradient, NormalizationAttributes> = {
  ...gradient,
  kernelName: 'StarganInstanceNormalizationInputGradient',
  outputShapes: shapeOf('x'),
  composed: (inputs, values) => composeInputGradient(inputs, values),
  samples: gradientSamples,
};

/** Its gradient with respect to the scale. */
export const instanceNormalizationScaleGradientKernel: SingleOutputOperation<WithGradient, NormalizationAttributes> = {
  ...gradient,
  kernelName: 'StarganInstanceNormalizationScaleGradient',
  outputShapes: shapeOf('scale'),
  composed: (inputs, values) => composeScaleGradient(inputs, values),
  samples: gradientSamples,
};

/** Its gradient with respect to the shift. */
export const instanceNormalizationShiftGradientKernel: SingleOutputOperation<WithGradient, NormalizationAttributes> = {
  ...gradient,
  kernelName: 'StarganInstanceNormalizationShiftGradient',
  outputShapes: shapeOf('shift'),
  composed: (inputs, values) => composeShiftGradient(inputs, values),
  samples: gradientSamples,
};
