import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import {
  discriminator,
  labelMapDiscriminator,
  patchClassifier,
  projectionDiscriminator,
  type DiscriminatorOptions,
} from '@stargan/discriminator';
import type { DomainLabels, Network } from '@stargan/layers';
import type { Parameters } from '@stargan/ops';
import type { ArchitectureConfig } from './config-fields.js';

/** A discriminator of any kind, as training needs it: each sample's domain is given. */
export interface DomainDiscriminator extends Network {
  /**
   * How real images look, as images of these domains.
   *
   * @param parameters the network's weights by name: at least those of `specs`
   * @param image [batch, S, S, 3] in [-1, 1]
   * @param domain the domain of each image, 0 … domains − 1, as an array or a tensor
   * @returns logits [batch], or [batch, S', S', 1] where patches are judged
   */
  apply(parameters: Parameters, image: Tensor, domain: DomainLabels): Tensor;
  /** Where the discriminator is not given the domain but tells it: its logits, and one for every domain [batch, domains]. */
  readonly classify?: (parameters: Parameters, image: Tensor) => { logits: Tensor; classes: Tensor2D };
}

/** Builds a discriminator. @throws when an option is out of range */
export function buildDiscriminator(kind: ArchitectureConfig['discriminator'], options: DiscriminatorOptions): DomainDiscriminator {
  switch (kind) {
    case 'branches':
      return discriminator(options);
    case 'projection':
      return projectionDiscriminator(options);
    case 'labelMaps':
      return labelMapDiscriminator(options);
    case 'patchClassifier':
      return classifyingDiscriminator(options);
  }
}

function classifyingDiscriminator({ imageSize, domains, widthBudget, maxWidth }: DiscriminatorOptions): DomainDiscriminator {
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
