import type { Tensor } from '@tensorflow/tfjs-core';
import type { DomainLabels } from '@stargan/layers';
import { outputsAndInputGradient } from '@stargan/losses';
import type { Parameters, ValueAndGradients } from '@stargan/ops';
import { withoutFrozen, type Frozen } from '../networks/freeze.js';
import type { Networks } from '../networks/networks.js';
import { augmentationOf, type AugmentationDraw } from './augmentation.js';
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
  /** Real images of the generated ones' domains: WGAN-GP's penalty is taken between the two, and the relativistic game pairs them. */
  reference?: Tensor;
  /** Where between them, [batch] in [0, 1]. */
  position?: Tensor;
  /** Random numbers of the augmentation, where there is one. */
  augmentation?: AugmentationDraw | undefined;
}

/**
 * The discriminator's objective, equation (5), and its gradients. With R1, D(x) is computed once, for its own loss and
 * for the penalty.
 *
 * Where there is an augmentation, the discriminator sees nothing else. Penalties are of the gradient at the images as they come, through
 * the augmentation, as in StyleGAN2-ADA, DiffAugment and R3GAN.
 *
 * @param networks only the discriminator is computed
 * @param weights of the discriminator, by parameter name
 * @param inputs real and generated images [batch, S, S, 3] and the domain of each; WGAN-GP also has references
 *   and positions
 * @param options game, penalty and weights of the terms; what is left out is the reference's
 * @param terms of the objective
 * @param factors of terms as tensors, in place of the configuration's
 * @param frozen parameters for which no gradients are computed; those of other networks do not matter here
 * @returns value, gradients, and the terms by name; the caller owns them
 * @throws when WGAN-GP's penalty, the relativistic game or an augmentation is asked for without the inputs that it takes
 */
export function discriminatorGradients(
  networks: Networks,
  weights: Parameters,
  inputs: DiscriminatorInputs,
  options: Partial<TermConfig> = {},
  terms: readonly Term<DiscriminatorReadings>[] = OBJECTIVE.discriminator,
  factors: Factors = {},
  frozen: Frozen = {},
): ValueAndGradients {
  const config = termConfig(options);
  const weighted = weighTerms(terms, config, networks, factors);
  const reads = (key: keyof DiscriminatorReadings): boolean => weighted.some((term) => term.reads.includes(key));
  const by = withoutFrozen(weights, frozen.discriminator);
  const passes = discriminatorPasses(networks, weights, inputs, reads, config).map((pass) => ({
    ...pass,
    by,
    compute: (trained: Parameters) => pass.compute({ ...weights, ...trained }),
  }));
  const { values, gradients } = differentiateTerms(weighted, passes, config);
  return { value: weightedSum(weighted, values), auxiliary: values, gradients };
}

/** What can be computed with the discriminator. Where R1 is taken, a classifier of domains has a pass of its own. */
function discriminatorPasses(
  { discriminator }: Networks,
  weights: Parameters,
  { image, domain, fake, targetDomain, reference, position, augmentation }: DiscriminatorInputs,
  reads: (key: keyof DiscriminatorReadings) => boolean,
  config: TermConfig,
): Pass<DiscriminatorReadings>[] {
  const { classify } = discriminator;
  const seen = augmentationOf(config, augmentation);
  const readReal = (p: Parameters, x: Tensor, y: DomainLabels): Partial<DiscriminatorReadings> => {
    if (!reads('realGradient')) return { realLogits: discriminator.apply(p, seen.real(x), y) };
    const { outputs, gradient } = outputsAndInputGradient((at) => discriminator.apply(p, seen.real(at), y), x);
    return { realLogits: outputs, realGradient: gradient };
  };
  const readFake = (p: Parameters): Partial<DiscriminatorReadings> => {
    if (!reads('fakeGradient')) return { fakeLogits: discriminator.apply(p, seen.fake(fake), targetDomain), fake };
    const { outputs, gradient } = outputsAndInputGradient((at) => discriminator.apply(p, seen.fake(at), targetDomain), fake);
    return { fakeLogits: outputs, fakeGradient: gradient, fake };
  };
  const pairs: Pass<DiscriminatorReadings> = {
    by: weights,
    gives: ['realLogits', 'realGradient', 'fakeLogits', 'fakeGradient', 'fake'],
    compute(p) {
      if (reference === undefined)
        throw new Error("discriminatorGradients: adversarial 'relativistic' must have reference images, got none");
      return { ...readReal(p, reference, targetDomain), ...readFake(p) };
    },
  };
  return [
    // First: of the relativistic game it is all that gives the logits of either side.
    ...(config.adversarial === 'relativistic' ? [pairs] : []),
    { by: weights, gives: ['fakeLogits', 'fakeGradient', 'fake'], compute: readFake },
    reads('realGradient')
      ? {
          by: weights,
          gives: ['realLogits', 'realGradient'],
          compute: (p) => readReal(p, image, domain),
        }
      : {
          by: weights,
          gives: ['realLogits', 'realClasses', 'domain'],
          compute(p) {
            if (classify === undefined) return readReal(p, image, domain);
            const { logits, classes } = classify(p, seen.real(image));
            return { realLogits: logits, realClasses: classes, domain };
          },
        },
    {
      by: weights,
      gives: ['realClasses', 'domain'],
      compute: (p) => ({ realClasses: classify?.(p, seen.real(image)).classes, domain }),
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
        return { critic: (x) => discriminator.apply(p, seen.fake(x), targetDomain), reference, fake, position };
      },
    },
  ];
}
