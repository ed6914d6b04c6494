import { zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { defineFusedOperation } from './fused/define-fused-operation.js';
import {
  winogradActivatedConvolutionFilterGradientKernel,
  winogradActivatedConvolutionKernel,
  winogradActivatedConvolutionResidualSumKernel,
} from './fused/winograd-activated.js';
import type { ConvolutionAttributes, Resampling } from './fused/winograd-convolution.js';
import { activationParts, activationRules, type ActivationRule, type InputActivation } from './input-activation.js';
import type { NormalizationAttributes } from './normalization-composition.js';
import { defineOperation, isRecording } from './operation.js';
import { biasedSumGradients } from './residual-sum.js';
import { filterGradient, inputGradient } from './winograd-bilinear.js';

const convolve = defineFusedOperation(winogradActivatedConvolutionKernel);
const convolveThenSum = defineFusedOperation(winogradActivatedConvolutionResidualSumKernel);
const activatedFilterGradient = defineFusedOperation(winogradActivatedConvolutionFilterGradientKernel);

type Attributes = NormalizationAttributes & ConvolutionAttributes;
type Inputs = Record<'x' | 'filter' | 'coefficients', Tensor>;
type SumInputs = Inputs & Record<'shortcut' | 'bias', Tensor>;

/** Gradients of the convolution with respect to x, the activation's tensors and the filter; `dy` may be asked for several times. */
function gradientsOf(rule: ActivationRule, dy: () => Tensor, inputs: Inputs, attributes: Attributes): Record<string, () => Tensor> {
  const { x, filter, coefficients } = inputs;
  const { resampling, slope } = attributes;
  return {
    ...rule.gradients(inputGradient({ dy: dy(), filter }, { resampling }), x, inputs, attributes),
    // The activated map was not kept. A gradient that will be differentiated must see how it depends on x.
    filter: () =>
      isRecording()
        ? filterGradient({ x: rule.apply(x, inputs, attributes), dy: dy() }, { resampling })
        : activatedFilterGradient({ x, dy: dy(), coefficients }, { resampling, slope }),
    coefficients: () => zerosLike(coefficients),
  };
}

function operationsOf(kind: string, rule: ActivationRule) {
  const saved = ['x', 'filter', 'coefficients', ...rule.names] as (keyof Inputs)[];
  return {
    convolve: defineOperation<Inputs, Attributes>({
      name: `${kind}Convolution`,
      forward: ({ x, filter, coefficients }, { resampling, slope }) => convolve({ x, filter, coefficients }, { resampling, slope }),
      saved,
      gradients: (dy, inputs, attributes) => gradientsOf(rule, () => dy, inputs, attributes) as Record<keyof Inputs, () => Tensor>,
    }),
    convolveThenSum: defineOperation<SumInputs, Attributes & { scale: number }>({
      name: `${kind}ConvolutionResidualSum`,
      forward: ({ shortcut, x, filter, bias, coefficients }, { scale, slope }) =>
        convolveThenSum({ shortcut, x, filter, bias, coefficients }, { scale, slope }),
      saved,
      gradients: (dy, inputs, attributes) => {
        const { summand, bias } = biasedSumGradients(dy, attributes.scale);
        const others = gradientsOf(rule, summand, inputs, attributes) as Record<keyof Inputs, () => Tensor>;
        return { shortcut: summand, bias, ...others };
      },
    }),
  };
}

const operations = {
  Rectified: operationsOf('Rectified', activationRules.Rectified),
  Biased: operationsOf('Biased', activationRules.Biased),
  Normalized: operationsOf('Normalized', activationRules.Normalized),
};

/** The operations and inputs for an activation of x. */
function prepare(x: Tensor, activation: InputActivation) {
  const { kind, tensors, attributes } = activationParts(activation);
  const rule: ActivationRule = activationRules[kind];
  const coefficients = rule.coefficients(x, tensors, attributes);
  return { ...operations[kind], inputs: { ...tensors, x, coefficients }, attributes };
}

/** Convolution by minimal filtering of what x is activated to, alone or with resampling by 2. */
export function activatedConvolution(x: Tensor, filter: Tensor, resampling: Resampling, activation: InputActivation): Tensor4D {
  const { convolve, inputs, attributes } = prepare(x, activation);
  return convolve({ ...inputs, filter }, { ...attributes, resampling }) as Tensor4D;
}

/** scale · (convolution by minimal filtering of what x is activated to + bias + shortcut). */
export function activatedResidualSum(
  { shortcut, x, filter, bias }: Record<'shortcut' | 'x' | 'filter' | 'bias', Tensor>,
  scale: number,
  activation: InputActivation,
): Tensor4D {
  const { convolveThenSum, inputs, attributes } = prepare(x, activation);
  return convolveThenSum({ shortcut, ...inputs, filter, bias }, { ...attributes, resampling: 0, scale }) as Tensor4D;
}
