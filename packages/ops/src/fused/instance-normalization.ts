import {
  composeCoefficients,
  composeInputGradient,
  composeNormalization,
  composeScaleGradient,
  composeShiftGradient,
  type NormalizationAttributes,
  type Normalized,
  type WithGradient,
} from '../normalization-composition.js';
import {
  noFlops,
  requireShapeOf,
  shapeOf,
  type FusedOperation,
  type KernelSample,
  type RandomTensor,
  type SingleOutputOperation,
} from './fused-operation.js';

const common = {
  nativeSource: 'normalization.cc',
  attributes: ['epsilon', 'slope', 'offset'],
  flops: noFlops,
  tolerance: 1e-4,
} as const;

const attributes: NormalizationAttributes = { epsilon: 1e-5, slope: 0.2, offset: 1 };
// One scale for all images, and one for each; more pixels than one stretch has, and the last one not full.
const SCALES = [[67], [2, 67]];
const normalized = (random: RandomTensor, shape: readonly number[]): Normalized => ({
  x: random(2, 13, 11, 67),
  scale: random(...shape),
  shift: random(...shape),
});
const samples = (random: RandomTensor): KernelSample<Normalized, NormalizationAttributes>[] =>
  SCALES.map((shape) => ({ inputs: normalized(random, shape), attributes }));
const gradientSamples = (random: RandomTensor): KernelSample<WithGradient, NormalizationAttributes>[] =>
  SCALES.map((shape) => ({ inputs: { ...normalized(random, shape), dy: random(2, 13, 11, 67) }, attributes }));

/** Normalisation, scale, shift and leaky ReLU. */
export const instanceNormalizationKernel: SingleOutputOperation<Normalized, NormalizationAttributes> = {
  ...common,
  kernelName: 'StarganInstanceNormalization',
  inputs: ['x', 'scale', 'shift'],
  outputShapes: shapeOf('x'),
  composed: (inputs, values) => composeNormalization(inputs, values),
  samples,
};

/** What it comes to for every channel of every image, [3, batch, channels]: y = (x − center) · factor + shift, before the leaky ReLU. */
export const instanceNormalizationCoefficientsKernel: SingleOutputOperation<Normalized, NormalizationAttributes> = {
  ...common,
  kernelName: 'StarganInstanceNormalizationCoefficients',
  inputs: ['x', 'scale', 'shift'],
  outputShapes: (inputs) => {
    const [batch, , , channels] = requireShapeOf(inputs, 'x') as [number, number, number, number];
    return [[3, batch, channels]];
  },
  composed: (inputs, values) => composeCoefficients(inputs, values),
  samples,
};

/** Its gradients with respect to x, scale and shift, which are made of the same sums. */
export const instanceNormalizationGradientsKernel: FusedOperation<WithGradient, NormalizationAttributes> = {
  ...common,
  kernelName: 'StarganInstanceNormalizationGradients',
  inputs: ['dy', 'x', 'scale', 'shift'],
  outputs: 3,
  outputShapes: (inputs) => ['x', 'scale', 'shift'].map((name) => requireShapeOf(inputs, name)),
  composed: (inputs, values) =>
    [composeInputGradient, composeScaleGradient, composeShiftGradient].map((compose) => compose(inputs, values)),
  samples: gradientSamples,
};
