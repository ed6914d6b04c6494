import { addBiasLeakyReluGradientsKernel, addBiasLeakyReluKernel } from './add-bias-leaky-relu.js';
import type { FusedOperation } from './fused-operation.js';
import {
  instanceNormalizationCoefficientsKernel,
  instanceNormalizationGradientsKernel,
  instanceNormalizationKernel,
} from './instance-normalization.js';
import { adamKernel, movingAverageKernel } from './optimizer-steps.js';
import { sumPool2x2Kernel, upsampleNearest2xKernel } from './resampling.js';
import { biasedSumGradientsKernel, residualSumKernel } from './residual-sum.js';
import {
  winogradActivatedConvolutionFilterGradientKernel,
  winogradActivatedConvolutionKernel,
  winogradActivatedConvolutionResidualSumKernel,
} from './winograd-activated.js';
import {
  winogradConvolutionFilterGradientKernel,
  winogradConvolutionInputGradientKernel,
  winogradConvolutionKernel,
  winogradConvolutionResidualSumKernel,
} from './winograd-convolution.js';

export type {
  FusedOperation,
  KernelSample,
  ListSignature,
  NamedShapes,
  RandomTensor,
  Shape,
  SingleOutputOperation,
} from './fused-operation.js';
export { adamKernel, movingAverageKernel } from './optimizer-steps.js';
export { defineFusedOperation, gradientsAtOnce, type FusedOperationGradients } from './define-fused-operation.js';

/**
 * Every fused operation. `@stargan/backend` compiles, checks and registers a kernel for each on the processor;
 * `@stargan/profiling` counts and plans by it.
 */
export const fusedOperations: readonly FusedOperation[] = [
  instanceNormalizationKernel,
  instanceNormalizationCoefficientsKernel,
  instanceNormalizationGradientsKernel,
  addBiasLeakyReluKernel,
  addBiasLeakyReluGradientsKernel,
  residualSumKernel,
  biasedSumGradientsKernel,
  sumPool2x2Kernel,
  upsampleNearest2xKernel,
  winogradConvolutionKernel,
  winogradConvolutionResidualSumKernel,
  winogradConvolutionInputGradientKernel,
  winogradConvolutionFilterGradientKernel,
  winogradActivatedConvolutionKernel,
  winogradActivatedConvolutionResidualSumKernel,
  winogradActivatedConvolutionFilterGradientKernel,
  adamKernel,
  movingAverageKernel,
] as readonly FusedOperation[];
