import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { discriminatorObjective, fakeLogisticLoss, outputsAndInputGradient, r1PenaltyOfGradient, realLogisticLoss } from '@stargan/losses';
import { valueAndGradients, type Parameters, type ValueAndGradients } from '@stargan/ops';
import type { Networks } from '../model/networks.js';

/** Inputs of a discriminator update. */
export interface DiscriminatorInputs {
  /** Real images [batch, S, S, 3]. */
  image: Tensor;
  domain: readonly number[];
  /** Generated images [batch, S, S, 3], without gradient. */
  fake: Tensor;
  targetDomain: readonly number[];
}

/**
 * The discriminator's objective, equation (5), and its gradients. D(x) is computed once, for its own loss and
 * for R1.
 *
 * @returns value, gradients, and the terms `real`, `fake`, `reg`; the caller owns them
 */
export function discriminatorGradients(
  networks: Networks,
  weights: Parameters,
  { image, domain, fake, targetDomain }: DiscriminatorInputs,
  { lambdaR1 }: { lambdaR1: number },
): ValueAndGradients {
  return valueAndGradients((parameters) => {
    const { outputs, gradient } = outputsAndInputGradient((x) => networks.discriminator.apply(parameters, x, domain), image);
    const real = realLogisticLoss(outputs);
    const reg = r1PenaltyOfGradient(gradient);
    const fakeLoss = fakeLogisticLoss(networks.discriminator.apply(parameters, fake, targetDomain));
    const value = discriminatorObjective({ real, fake: fakeLoss, r1: reg }, { lambdaR1 }) as Scalar;
    return { value, auxiliary: { real, fake: fakeLoss, reg } };
  }, weights);
}
