import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import {
  discriminator,
  labelMapDiscriminator,
  patchClassifier,
  projectionDiscriminator,
  type DiscriminatorOptions,
} from '@stargan/discriminator';
import type { Network } from '@stargan/layers';
import type { Parameters } from '@stargan/ops';
import type { TrainingConfig } from '../config/schema.js';

/** A discriminator of any kind. */
export interface Judge extends Network {
  /**
   * How real images look, as images of these domains.
   *
   * @param image [batch, S, S, 3] in [-1, 1]
   * @returns logits [batch], or [batch, S', S', 1] where patches are judged
   */
  apply(parameters: Parameters, image: Tensor, domain: readonly number[]): Tensor;
  /** The same from a judge that does not see the domain, and tells it: a logit for every domain [batch, domains]. */
  readonly classify?: (parameters: Parameters, image: Tensor) => { logits: Tensor; classes: Tensor2D };
}

/** Builds a discriminator. @throws when an option is out of range */
export function buildJudge(kind: TrainingConfig['discriminator'] = 'branches', options: DiscriminatorOptions): Judge {
  switch (kind) {
    case 'branches':
      return discriminator(options);
    case 'projection':
      return projectionDiscriminator(options);
    case 'labelMaps':
      return labelMapDiscriminator(options);
    case 'patchClassifier':
      return patchJudge(options);
  }
}

function patchJudge({ imageSize, domains, widthBudget, maxWidth }: DiscriminatorOptions): Judge {
  const network = patchClassifier({ imageSize, domains, widthBudget, maxWidth });
  return {
    specs: network.specs,
    init: (seed) => network.init(seed),
    apply: (parameters, image) => tidy(() => network.apply(parameters, image).patches),
    classify(parameters, image) {
      const { patches, classes } = network.apply(parameters, image);
      return { logits: patches, classes };
    },
  };
}
