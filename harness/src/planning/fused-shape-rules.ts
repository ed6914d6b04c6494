import type { Shape } from '../measurement/flops.js';
import type { Inputs, Launch, ShapeRule } from './shape-rules.js';
import { like } from './shape-rules.js';

/** The inputs of a kernel that takes lists, in order. */
const shapesOf = (inputs: Inputs): Launch['outputs'] => Object.values(inputs).map(({ shape }) => shape);

/** A feature map's shape with other channels and sides halved `halvings` times; -1 doubles them. */
const resampled = ([batch, height, width]: Shape, halvings: number, channels: number): Shape => [
  batch!,
  height! / 2 ** halvings,
  width! / 2 ** halvings,
  channels,
];

/**
 * Shape rules of our own kernels, by the name under which operations look for them. Those of the processor's native
 * runtime must all be here; a new one is one more line.
 */
export const fusedShapeRules: Readonly<Record<string, ShapeRule>> = {
  StarganInstanceNormalization: like('x'),
  StarganInstanceNormalizationInputGradient: like('x'),
  StarganInstanceNormalizationScaleGradient: like('scale'),
  StarganInstanceNormalizationShiftGradient: like('shift'),
  StarganAddBiasLeakyRelu: like('x'),
  StarganAddBiasLeakyReluInputGradient: like('x'),
  StarganAddBiasLeakyReluBiasGradient: like('bias'),
  StarganResidualSum: like('a'),
  StarganSumPool2x2: ({ x }) => ({ outputs: [[x!.shape[0]!, x!.shape[1]! / 2, x!.shape[2]! / 2, x!.shape[3]!]] }),
  StarganUpsampleNearest2x: ({ x }) => ({ outputs: [[x!.shape[0]!, x!.shape[1]! * 2, x!.shape[2]! * 2, x!.shape[3]!]] }),
  StarganWinogradConvolution: ({ x, filter }, { resampling }) => ({
    outputs: [resampled(x!.shape, -Number(resampling), filter!.shape[3]!)],
  }),
  StarganWinogradConvolutionInputGradient: ({ dy, filter }, { resampling }) => ({
    outputs: [resampled(dy!.shape, Number(resampling), filter!.shape[2]!)],
  }),
  StarganWinogradConvolutionFilterGradient: ({ x, dy }) => ({ outputs: [[3, 3, x!.shape[3]!, dy!.shape[3]!]] }),
  // Constants, both moments, then parameters and gradients: new moments and parameters.
  StarganAdam: (inputs, { count }) => ({ outputs: shapesOf(inputs).slice(1, 3 + Number(count)) }),
  // Constants, then averages and parameters: new averages.
  StarganMovingAverage: (inputs, { count }) => ({ outputs: shapesOf(inputs).slice(1, 1 + Number(count)) }),
};

/** Operations for which every native runtime launches one kernel of TensorFlow's own. */
export const nativeShapeRules: Readonly<Record<string, ShapeRule>> = {
  StarganLeakyReluGradient: like('dy'),
};
