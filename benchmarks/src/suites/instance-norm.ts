import type { Tensor } from '@tensorflow/tfjs-core';
import { normal } from '../inputs.js';
import { layerCases } from '../layer-cases.js';
import { loadVariants } from '../load-variants.js';
import { describeLevel, levelsOf } from '../scale.js';
import type { Suite } from '../suite.js';

/** x [batch, height, width, channels], scale and shift [channels] → the shape of x; ε is 1e-5. */
export type InstanceNormVariant = (x: Tensor, scale: Tensor, shift: Tensor) => Tensor;

const variants = await loadVariants<InstanceNormVariant>('instance-norm');

/** Instance norm with learnt scale and shift. */
export const suite: Suite = {
  name: 'instance norm',
  cases: ({ models }) =>
    models.flatMap(levelsOf).flatMap((level) => {
      const { batch, size, channels } = level;
      return layerCases({
        name: describeLevel(level),
        variants,
        inputs: () => ({ x: normal([batch, size, size, channels]), scale: normal([channels], 2), shift: normal([channels], 3) }),
        apply: (normalize, { x, scale, shift }) => normalize(x!, scale!, shift!),
        fused: 'ops',
      });
    }),
};
