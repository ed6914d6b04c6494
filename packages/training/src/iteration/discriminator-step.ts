import { add, mul } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import {
  adversarialFamilies,
  classificationLoss,
  discriminatorObjective,
  outputsAndInputGradient,
  r1PenaltyOfGradient,
  wganGpPenalty,
} from '@stargan/losses';
import { valueAndGradients, type Parameters, type ValueAndGradients, type ValueWithAuxiliary } from '@stargan/ops';
import type { TrainingConfig } from '../config/schema.js';
import type { Networks } from '../networks/networks.js';
import { disposeAll } from '../networks/weights.js';
import { sumGradients } from './sum-gradients.js';

/** Inputs of a discriminator update. */
export interface DiscriminatorInputs {
  /** Real images [batch, S, S, 3]. */
  image: Tensor;
  /** Domain of each real image. */
  domain: readonly number[];
  /** Generated images [batch, S, S, 3], without gradient. */
  fake: Tensor;
  /** Domain of each generated image. */
  targetDomain: readonly number[];
  /** Real images of the generated ones' domains: WGAN-GP's penalty is taken between the two. */
  reference?: Tensor;
  /** Where between them, [batch] in [0, 1]. */
  position?: Tensor;
}

/** Game, penalty and weights; what is left out is the reference's. */
export interface DiscriminatorOptions extends Partial<
  Pick<TrainingConfig, 'adversarial' | 'penalty' | 'lambdaWasserstein' | 'lambdaClassification'>
> {
  /** λ_reg ≥ 0, weight of R1. */
  lambdaR1: number;
}

/**
 * The discriminator's objective, equation (5), and its gradients; with another game, penalty or an auxiliary classifier
 * in place of or beside its terms. With R1, D(x) is computed once, for its own loss and for the penalty. Terms are
 * differentiated one after the other, so that only one of them keeps feature maps at a time.
 *
 * @param networks only the discriminator is computed
 * @param weights of the discriminator, by parameter name
 * @param inputs real and generated images [batch, S, S, 3] and the domain of each; WGAN-GP also has references
 *   and positions
 * @param options game, penalty and weights of the terms
 * @returns value, gradients, and the terms `real`, `fake`, `reg` and, of a classifier, `cls`; the caller owns them
 * @throws when WGAN-GP's penalty is asked for without images and positions for it
 */
export function discriminatorGradients(
  networks: Networks,
  weights: Parameters,
  inputs: DiscriminatorInputs,
  options: DiscriminatorOptions,
): ValueAndGradients {
  const { adversarial = 'nonSaturating', penalty = 'r1', lambdaR1, lambdaWasserstein = 10, lambdaClassification = 1 } = options;
  const { discriminator } = networks;
  const { fake, targetDomain } = inputs;
  const fakeLoss = adversarialFamilies[adversarial].fake;
  const ofFake = valueAndGradients((parameters) => fakeLoss(discriminator.apply(parameters, fake, targetDomain)), weights);
  const steps: ValueAndGradients[] = [];
  if (penalty === 'r1') {
    steps.push(realWithR1(networks, weights, inputs, adversarial, lambdaR1));
    if (discriminator.classify !== undefined) steps.push(classification(networks, weights, inputs, lambdaClassification));
  } else {
    steps.push(realAlone(networks, weights, inputs, adversarial, lambdaClassification));
    steps.push(betweenRealAndFake(networks, weights, inputs, lambdaWasserstein));
  }

  let { gradients } = ofFake;
  const terms: Record<string, Tensor> = { fake: ofFake.value };
  for (const step of steps) {
    step.value.dispose();
    Object.assign(terms, step.auxiliary);
    gradients = sumGradients(gradients, step.gradients);
  }
  const { real, reg, cls } = terms as Record<'real' | 'reg', Tensor> & { cls?: Tensor };
  const base = discriminatorObjective(
    { real, fake: ofFake.value, r1: reg },
    { lambdaR1: penalty === 'r1' ? lambdaR1 : lambdaWasserstein },
  ) as Scalar;
  return { value: cls === undefined ? base : addWeighted(base, cls, lambdaClassification), auxiliary: terms, gradients };
}

/** base + weight · term; consumes `base`. */
export function addWeighted(base: Scalar, term: Tensor, weight: number): Scalar {
  const weighted = mul(term, weight);
  const sum = add<Scalar>(base, weighted);
  disposeAll({ base, weighted });
  return sum;
}

function realWithR1(
  { discriminator }: Networks,
  weights: Parameters,
  { image, domain }: DiscriminatorInputs,
  adversarial: TrainingConfig['adversarial'],
  lambdaR1: number,
): ValueAndGradients {
  return valueAndGradients((parameters) => {
    const { outputs, gradient } = outputsAndInputGradient((x) => discriminator.apply(parameters, x, domain), image);
    const real = adversarialFamilies[adversarial].real(outputs);
    const reg = r1PenaltyOfGradient(gradient);
    return { value: add<Scalar>(real, mul(reg, lambdaR1)), auxiliary: { real, reg } };
  }, weights);
}

/** Without a penalty on real images one pass serves the classifier, if there is one, as well. */
function realAlone(
  { discriminator }: Networks,
  weights: Parameters,
  { image, domain }: DiscriminatorInputs,
  adversarial: TrainingConfig['adversarial'],
  lambdaClassification: number,
): ValueAndGradients {
  const realLoss = adversarialFamilies[adversarial].real;
  return valueAndGradients((parameters): ValueWithAuxiliary => {
    if (discriminator.classify === undefined) {
      const real = realLoss(discriminator.apply(parameters, image, domain));
      return { value: real, auxiliary: { real } };
    }
    const { logits, classes } = discriminator.classify(parameters, image);
    const real = realLoss(logits);
    const cls = classificationLoss(classes, domain);
    return { value: add<Scalar>(real, mul(cls, lambdaClassification)), auxiliary: { real, cls } };
  }, weights);
}

/** WGAN-GP's penalty between generated images and real ones of the same domains, which the same critic judges. */
function betweenRealAndFake(
  { discriminator }: Networks,
  weights: Parameters,
  { fake, targetDomain, reference, position }: DiscriminatorInputs,
  weight: number,
): ValueAndGradients {
  if (reference === undefined || position === undefined) {
    throw new Error(
      `discriminatorGradients: penalty 'wasserstein' must have reference images and positions, got ${reference === undefined ? 'no reference' : 'no position'}`,
    );
  }
  return valueAndGradients((parameters) => {
    const reg = wganGpPenalty((x) => discriminator.apply(parameters, x, targetDomain), reference, fake, position);
    return { value: mul<Scalar>(reg, weight), auxiliary: { reg } };
  }, weights);
}

/** The classifier learns from real images alone. */
function classification(
  { discriminator }: Networks,
  weights: Parameters,
  { image, domain }: DiscriminatorInputs,
  weight: number,
): ValueAndGradients {
  return valueAndGradients((parameters) => {
    const cls = classificationLoss(discriminator.classify!(parameters, image).classes, domain);
    return { value: mul<Scalar>(cls, weight), auxiliary: { cls } };
  }, weights);
}
