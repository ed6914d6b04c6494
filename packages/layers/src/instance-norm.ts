import { instanceNormalization } from '@stargan/ops';
import type { Layer } from './layer.js';
import { join, parameter } from './parameter-spec.js';

/**
 * Instance normalisation with learnt scale (`weight`) and shift (`bias`), epsilon 1e-5.
 * x [batch, height, width, channels] → same shape.
 */
export function instanceNorm(prefix: string, { channels }: { channels: number }): Layer {
  const scale = join(prefix, 'weight');
  const shift = join(prefix, 'bias');
  return {
    specs: [
      { name: scale, kind: 'scale', shape: [channels] },
      { name: shift, kind: 'bias', shape: [channels] },
    ],
    apply: (parameters, x) => instanceNormalization(x, parameter(parameters, scale), parameter(parameters, shift)),
  };
}
