import { add } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { discriminator } from '@stargan/discriminator';
import { outputsAndInputGradient, r1Penalty, r1PenaltyOfGradient, realLogisticLoss } from '@stargan/losses';
import { valueAndGradients } from '@stargan/ops';
import { normal } from '../inputs.js';
import type { ModelScale } from '../scale.js';
import type { Case, Suite } from '../suite.js';

/**
 * The part of a discriminator update that sees real images: logistic loss and R1 penalty, with gradients. D(x) can
 * be computed once for both, or once for each.
 */
export const suite: Suite = {
  name: 'R1',
  cases: ({ models }) => models.map(caseOf),
};

type Objective = (apply: (x: Tensor) => Tensor, image: Tensor) => Tensor;

const objectives: Record<string, Objective> = {
  'one forward pass': (apply, image) => {
    const { outputs, gradient } = outputsAndInputGradient(apply, image);
    return add(realLogisticLoss(outputs), r1PenaltyOfGradient(gradient));
  },
  'separate': (apply, image) => add(realLogisticLoss(apply(image)), r1Penalty(apply, image)),
};

function caseOf({ imageSize, batch, widthBudget }: ModelScale): Case {
  return {
    name: `discriminator on ${batch}×${imageSize}×${imageSize}×3`,
    arithmetic: true,
    prepare: () => {
      const network = discriminator({ imageSize, widthBudget, domains: 2 });
      const parameters = network.init(1);
      const image = normal([batch, imageSize, imageSize, 3]);
      const domain = Array.from({ length: batch }, (_, i) => i % 2);
      return Object.fromEntries(
        Object.entries(objectives).map(([name, objective]) => [
          name,
          () => valueAndGradients((p) => objective((x) => network.apply(p, x, domain), image) as Scalar, parameters).gradients,
        ]),
      );
    },
  };
}
