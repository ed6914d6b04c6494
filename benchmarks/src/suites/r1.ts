import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { discriminator } from '@stargan/discriminator';
import { valueAndGradients } from '@stargan/ops';
import { normal } from '../inputs.js';
import { loadVariants } from '../load-variants.js';
import type { ModelScale } from '../scale.js';
import type { Suite, TensorCase } from '../suite.js';

/** Logistic loss of real images plus R1 penalty (γ = 1): D(x) and x [batch, height, width, 3] → scalar. */
export type R1Variant = (apply: (x: Tensor) => Tensor, image: Tensor) => Tensor;

const variants = await loadVariants<R1Variant>('r1');

/**
 * The part of a discriminator update that sees real images: logistic loss and R1 penalty, with gradients. D(x) can
 * be computed once for both, or once for each.
 */
export const suite: Suite = {
  name: 'R1',
  cases: ({ models }) => models.map(caseOf),
};

function caseOf({ imageSize, batch, widthBudget }: ModelScale): TensorCase {
  return {
    name: `discriminator on ${batch}×${imageSize}×${imageSize}×3`,
    arithmetic: true,
    prepare: () => {
      const network = discriminator({ imageSize, widthBudget, domains: 2 });
      const parameters = network.init(1);
      const image = normal([batch, imageSize, imageSize, 3]);
      const domain = Array.from({ length: batch }, (_, i) => i % 2);
      return Object.fromEntries(
        Object.entries(variants).map(([name, objective]) => [
          name,
          () => valueAndGradients((p) => objective((x) => network.apply(p, x, domain), image) as Scalar, parameters).gradients,
        ]),
      );
    },
  };
}
