import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { parameter, type ParameterSpec } from '@stargan/layers';
import type { Parameters } from '@stargan/ops';
import { foldBatchNorm } from './fold-batch-norm.js';
import { rectifiedConvolution, type RectifiedConvolutionOptions } from './rectified-convolution.js';

/** Options of {@link foldedConvolution}. */
export interface FoldedConvolutionOptions extends RectifiedConvolutionOptions {
  inChannels: number;
  outChannels: number;
  /** Height and width of the filter. */
  size: readonly [number, number];
}

/** Convolution, batch normalisation and ReLU: three layers in the state dictionary, one in use. */
export interface FoldedConvolution {
  /** Keys of the state dictionary, in its order. */
  readonly specs: readonly ParameterSpec[];
  /**
   * Parameters of {@link apply} from those of `specs`.
   *
   * @returns new tensors `<name>.weight` and `<name>.bias`
   */
  fold(state: Parameters): Record<string, Tensor>;
  /** @param x [batch, height, width, in] */
  apply(parameters: Parameters, x: Tensor): Tensor4D;
}

/** ε of every batch normalisation of Inception-v3. */
const EPSILON = 1e-3;

/**
 * A `BasicConv2d` of torchvision's Inception-v3: convolution without bias, batch normalisation in inference, ReLU.
 *
 * @param name of the layer in the state dictionary, e.g. `Mixed_5b.branch1x1`
 */
export function foldedConvolution(name: string, { inChannels, outChannels, size, ...walk }: FoldedConvolutionOptions): FoldedConvolution {
  const key = {
    filter: `${name}.conv.weight`,
    scale: `${name}.bn.weight`,
    shift: `${name}.bn.bias`,
    mean: `${name}.bn.running_mean`,
    variance: `${name}.bn.running_var`,
  };
  const shape = [outChannels];
  return {
    specs: [
      { name: key.filter, kind: 'convolution', shape: [...size, inChannels, outChannels] },
      { name: key.scale, kind: 'scale', shape },
      { name: key.shift, kind: 'bias', shape },
      { name: key.mean, kind: 'bias', shape },
      { name: key.variance, kind: 'scale', shape },
    ],
    fold(state) {
      const of = (part: keyof typeof key): Tensor => parameter(state, key[part]);
      const { filter, bias } = foldBatchNorm(of('filter'), {
        scale: of('scale'),
        shift: of('shift'),
        mean: of('mean'),
        variance: of('variance'),
        epsilon: EPSILON,
      });
      return { [`${name}.weight`]: filter, [`${name}.bias`]: bias };
    },
    apply: (parameters, x) => rectifiedConvolution(x, parameter(parameters, `${name}.weight`), parameter(parameters, `${name}.bias`), walk),
  };
}
