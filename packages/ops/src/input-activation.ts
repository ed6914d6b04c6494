import { reshape, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { leakyRelu, rectifyGradient } from './activations.js';
import { addBiasLeakyRelu, biasedActivationGradients } from './biased-activation.js';
import { defineFusedOperation } from './fused/define-fused-operation.js';
import { instanceNormalizationCoefficientsKernel } from './fused/instance-normalization.js';
import { withoutGradients } from './gradient-control.js';
import { adaptiveInstanceNormalization, instanceNormalization, normalizationGradients } from './instance-normalization.js';
import type { NormalizationAttributes } from './normalization-composition.js';
import type { NamedTensors } from './operation.js';
import { FEATURE_MAP, requireRank4 } from './shapes.js';

/** A leaky ReLU, of x + bias where there is one. */
export interface BiasedActivation {
  /** [channels]. */
  readonly bias?: Tensor | undefined;
  /** Factor of negative values. */
  readonly slope: number;
}

/** A leaky ReLU of an instance normalisation: {@link instanceNormalization}, or with `adaptive` {@link adaptiveInstanceNormalization}. */
export interface NormalizedActivation {
  /** [channels], or with `adaptive` γ [batch, channels]. */
  readonly scale: Tensor;
  /** [channels], or with `adaptive` β [batch, channels]. */
  readonly shift: Tensor;
  /** Whether scale and shift are given for every image, and 1 is added to the scale (default false). */
  readonly adaptive?: boolean | undefined;
  /** Added to the variance before the root (default 1e-5). */
  readonly epsilon?: number | undefined;
  /** Factor of negative values. */
  readonly slope: number;
}

/** What a convolution does to its input first. */
export type InputActivation = BiasedActivation | NormalizedActivation;

/** How activations of a kind are computed and differentiated; `tensors` are those they have beside x. */
export interface ActivationRule {
  /** Names of its tensors. */
  readonly names: readonly string[];
  apply(x: Tensor, tensors: NamedTensors, attributes: NormalizationAttributes): Tensor;
  /** What `winogradActivatedConvolutionKernel` takes, [3, batch, channels] or [1, 1, channels]; a constant to the tape. */
  coefficients(x: Tensor, tensors: NamedTensors, attributes: NormalizationAttributes): Tensor;
  /** The gradients with respect to x and the tensors, which consume the one with respect to the result. */
  gradients(dy: Tensor, x: Tensor, tensors: NamedTensors, attributes: NormalizationAttributes): Record<string, () => Tensor>;
}

const normalize = defineFusedOperation(instanceNormalizationCoefficientsKernel);

/** The kinds of activations, by how the names of operations with them begin. */
export const activationRules = {
  Rectified: {
    names: [],
    apply: (x, _, { slope }) => leakyRelu(x, slope),
    coefficients: (x) => zeros([1, 1, x.shape[3]!]),
    gradients: (dy, x, _, { slope }) => ({ x: () => rectifyGradient({ dy, x }, { slope }) }),
  },
  Biased: {
    names: ['before'],
    apply: (x, { before }, { slope }) => addBiasLeakyRelu(x, before!, slope),
    coefficients: (x, { before }) => withoutGradients(() => reshape(before!, [1, 1, x.shape[3]!])),
    gradients: (dy, x, { before }, { slope }) => {
      const { x: ofX, bias } = biasedActivationGradients({ dy, x, bias: before! }, { slope }, [dy]);
      return { x: ofX, before: bias };
    },
  },
  Normalized: {
    names: ['scale', 'shift'],
    apply: (x, { scale, shift }, { epsilon, slope, offset }) =>
      (offset === 0 ? instanceNormalization : adaptiveInstanceNormalization)(x, scale!, shift!, { epsilon, slope }),
    coefficients: (x, { scale, shift }, attributes) => withoutGradients(() => normalize({ x, scale: scale!, shift: shift! }, attributes)),
    gradients: (dy, x, { scale, shift }, attributes) => normalizationGradients({ dy, x, scale: scale!, shift: shift! }, attributes, [dy]),
  },
} as const satisfies Record<string, ActivationRule>;

/** An activation's kind, tensors and numbers. */
export interface ActivationParts {
  readonly kind: keyof typeof activationRules;
  readonly tensors: NamedTensors;
  readonly attributes: NormalizationAttributes;
}

/** Takes an activation apart. */
export function activationParts(activation: InputActivation): ActivationParts {
  const { slope } = activation;
  if ('scale' in activation) {
    const { scale, shift, adaptive = false, epsilon = 1e-5 } = activation;
    return { kind: 'Normalized', tensors: { scale, shift }, attributes: { epsilon, slope, offset: adaptive ? 1 : 0 } };
  }
  const attributes = { epsilon: 0, slope, offset: 0 };
  const { bias } = activation;
  return bias === undefined ? { kind: 'Rectified', tensors: {}, attributes } : { kind: 'Biased', tensors: { before: bias }, attributes };
}

/**
 * What an activation makes of x, as a map of its own.
 *
 * @param x [batch, height, width, channels]
 * @param activation a leaky ReLU, alone, after a bias or after an instance normalisation
 * @throws when the activation's tensors do not fit x
 */
export function activate(x: Tensor, activation: InputActivation): Tensor4D {
  requireRank4('activate', 'x', x, FEATURE_MAP);
  const { kind, tensors, attributes } = activationParts(activation);
  return activationRules[kind].apply(x, tensors, attributes) as Tensor4D;
}
