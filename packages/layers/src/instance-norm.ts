import { activate, type NormalizedActivation, type Parameters } from '@stargan/ops';
import type { Layer } from './layer.js';
import { join, parameter } from './parameter-spec.js';

/**
 * Instance normalisation with learnt scale (`weight`) and shift (`bias`), epsilon 1e-5. With `slope`, a leaky
 * ReLU follows in the same operation.
 * x [batch, height, width, channels] → same shape.
 *
 * @param prefix of the parameter names `weight` and `bias`
 * @param options `channels` of x; `slope` of the leaky ReLU below 0, default 1 (no activation)
 */
export function instanceNorm(prefix: string, { channels, slope = 1 }: { channels: number; slope?: number | undefined }): Layer {
  const scale = join(prefix, 'weight');
  const shift = join(prefix, 'bias');
  const activation = (parameters: Parameters): NormalizedActivation => ({
    scale: parameter(parameters, scale),
    shift: parameter(parameters, shift),
    slope,
  });
  return {
    specs: [
      { name: scale, kind: 'scale', shape: [channels] },
      { name: shift, kind: 'bias', shape: [channels] },
    ],
    apply: (parameters, x) => activate(x, activation(parameters)),
    activation,
  };
}
