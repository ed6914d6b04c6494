import type { Tensor } from '@tensorflow/tfjs-core';
import type { DomainLabels } from '@stargan/layers';
import { outputsAndInputGradient } from '@stargan/losses';
import type { Parameters, ValueAndGradients } from '@stargan/ops';
import type { Networks } from '../networks/networks.js';
import { OBJECTIVE, type DiscriminatorReadings } from './objective.js';
import { differentiateTerms, termConfig, weightedSum, weighTerms, type Factors, type Pass, type Term, type TermConfig } from './terms.js';

/** Inputs of a discriminator update. */
export interface DiscriminatorInputs {
  /** Real images [batch, S, S, 3]. */
  image: Tensor;
  /** Domain of each real image. */
  domain: DomainLabels;
  /** Generated images [batch, S, S, 3], without gradient. */
  fake: Tensor;
  /** Domain of each generated image. */
  targetDomain: DomainLabels;
  /** Real images of the generated ones' domains: WGAN-GP's penalty is taken between the two. */
  reference?: Tensor;
  /** Where between them, [batch] in [0, 1]. */
  position?: Tensor;
}

/**
 * The discriminator's objective, equation (5), and its gradients. With R1, D(x) is computed once, for its own loss and
 * for the penalty.
 *
 * @param networks only the discriminator is computed
 * @param weights of the discriminator, by parameter name
 * @param inputs real and generated images [batch, S, S, 3] and the domain of each; WGAN-GP also has references
 *   and positions
 * @param options game, penalty and weights of the terms; what is left out is the reference's
 * @param terms of the objective
 * @param factors of terms as tensors, in place of the configuration's
 * @returns value, gradients, and the terms by name; the caller owns them
 * @throws when WGAN-GP's penalty is asked for without images and positions for it
 */
export function discriminatorGradients(
  networks: Networks,
  weights: Parameters,
  inputs: DiscriminatorInputs,
  options: Partial<TermConfig> = {},
  terms: readonly Term<DiscriminatorReadings>[] = OBJECTIVE.discriminator,
  factors: Factors = {},
): ValueAndGradients {
  const config = termConfig(options);
  const weighted = weighTerms(terms, config, networks, factors);
  const readsGradient = weighted.some(({ reads }) => reads.includes('realGradient'));
  const { values, gradients } = differentiateTerms(weighted, discriminatorPasses(networks, weights, inputs, readsGradient), config);
  return { value: weightedSum(weighted, values), auxiliary: values, gradients };
}

/** What can be computed with the discriminator. Where R1 is taken, a classifier of domains has a pass of its own. */
function discriminatorPasses(
  { discriminator }: Networks,
  weights: Parameters,
  { image, domain, fake, targetDomain, reference, position }: DiscriminatorInputs,
  readsGradient: boolean,
): Pass<DiscriminatorReadings>[] {
  const { classify } = discriminator;
  return [
    {
      by: weights,
      gives: ['fakeLogits', 'fake'],
      compute: (p) => ({ fakeLogits: discriminator.apply(p, fake, targetDomain), fake }),
    },
    readsGradient
      ? {
          by: weights,
          gives: ['realLogits', 'realGradient'],
          compute(p) {
            const { outputs, gradient } = outputsAndInputGradient((x) => discriminator.apply(p, x, domain), image);
            return { realLogits: outputs, realGradient: gradient };
          },
        }
      : {
          by: weights,
          gives: ['realLogits', 'realClasses', 'domain'],
          compute(p) {
            if (classify === undefined) return { realLogits: discriminator.apply(p, image, domain) };
            const { logits, classes } = classify(p, image);
            return { realLogits: logits, realClasses: classes, domain };
          },
        },
    {
      by: weights,
      gives: ['realClasses', 'domain'],
      compute: (p) => ({ realClasses: classify?.(p, image).classes, domain }),
    },
    {
      by: weights,
      gives: ['critic', 'reference', 'fake', 'position'],
      compute(p) {
        if (reference === undefined || position === undefined) {
          throw new Error(
            `discriminatorGradients: penalty 'wganGp' must have reference images and positions, got ${reference === undefined ? 'no reference' : 'no position'}`,
          );
        }
        return { critic: (x) => discriminator.apply(p, x, targetDomain), reference, fake, position };
      },
    },
  ];
}
