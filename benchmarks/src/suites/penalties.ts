import { randomUniform } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { discriminator } from '@stargan/discriminator';
import { draganNoise, draganPenalty, r1Penalty, r2Penalty, wganGpPenalty } from '@stargan/losses';
import { valueAndGradients } from '@stargan/ops';
import { normal } from '../inputs.js';
import type { ModelScale } from '../scale.js';
import type { Suite, TensorCase } from '../suite.js';

/** What a penalty sees. */
interface Seen {
  image: Tensor;
  generatedImage: Tensor;
  /** [batch] in [0, 1]. */
  position: Tensor;
  noise: Tensor;
}

const penalties: Readonly<Record<string, (critic: (image: Tensor) => Tensor, seen: Seen) => Tensor>> = {
  R1: (critic, { image }) => r1Penalty(critic, image),
  R2: (critic, { generatedImage }) => r2Penalty(critic, generatedImage),
  'WGAN-GP': (critic, { image, generatedImage, position }) => wganGpPenalty(critic, image, generatedImage, position),
  DRAGAN: (critic, { image, noise }) => draganPenalty(critic, image, noise),
};

/** Gradient penalties of the discriminator with the gradients of its parameters: second-order throughout. */
export const suite: Suite = {
  name: 'penalties',
  cases: ({ models }) => models.flatMap((model) => Object.keys(penalties).map((name) => caseOf(name, model))),
};

function caseOf(name: string, { imageSize, batch, widthBudget }: ModelScale): TensorCase {
  return {
    name: `${name} of the discriminator on ${batch}×${imageSize}×${imageSize}×3`,
    arithmetic: true,
    prepare: () => {
      const network = discriminator({ imageSize, widthBudget, domains: 2 });
      const parameters = network.init(1);
      const image = normal([batch, imageSize, imageSize, 3]);
      const domain = Array.from({ length: batch }, (_, i) => i % 2);
      const seen: Seen = {
        image,
        generatedImage: normal(image.shape, 2),
        position: randomUniform([batch], 0, 1, 'float32', 3),
        noise: draganNoise(image, randomUniform(image.shape, 0, 1, 'float32', 4)),
      };
      return {
        losses: () => valueAndGradients((p) => penalties[name]!((x) => network.apply(p, x, domain), seen) as Scalar, parameters).gradients,
      };
    },
  };
}
