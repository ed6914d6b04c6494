import { add, mul } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { discriminatorObjective, fakeLogisticLoss, outputsAndInputGradient, r1PenaltyOfGradient, realLogisticLoss } from '@stargan/losses';
import { valueAndGradients, type Parameters, type ValueAndGradients } from '@stargan/ops';
import type { Networks } from '../model/networks.js';
import { sumGradients } from './sum-gradients.js';

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
 * for R1. Real and generated images are differentiated one after the other, so that only one of them keeps feature
 * maps at a time.
 *
 * @returns value, gradients, and the terms `real`, `fake`, `reg`; the caller owns them
 */
export function discriminatorGradients(
  { discriminator }: Networks,
  weights: Parameters,
  { image, domain, fake, targetDomain }: DiscriminatorInputs,
  { lambdaR1 }: { lambdaR1: number },
): ValueAndGradients {
  const ofFake = valueAndGradients((parameters) => fakeLogisticLoss(discriminator.apply(parameters, fake, targetDomain)) as Scalar, weights);
  const ofReal = valueAndGradients((parameters) => {
    const { outputs, gradient } = outputsAndInputGradient((x) => discriminator.apply(parameters, x, domain), image);
    const real = realLogisticLoss(outputs);
    const reg = r1PenaltyOfGradient(gradient);
    return { value: add<Scalar>(real, mul(reg, lambdaR1)), auxiliary: { real, reg } };
  }, weights);
  ofReal.value.dispose();
  const terms = { real: ofReal.auxiliary.real!, fake: ofFake.value, reg: ofReal.auxiliary.reg! };
  return {
    value: discriminatorObjective({ real: terms.real, fake: terms.fake, r1: terms.reg }, { lambdaR1 }) as Scalar,
    auxiliary: terms,
    gradients: sumGradients(ofFake.gradients, ofReal.gradients),
  };
}
