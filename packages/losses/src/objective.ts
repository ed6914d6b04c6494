import { add, clone, mul, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { requireSameShape } from './internal/shapes.js';
import { requireTensor } from './internal/tensors.js';

/** Terms of equation (5), all scalars or all `[batch]`; the type of the sum is that of `real`. */
export interface DiscriminatorTerms<T extends Tensor = Tensor> {
  /** Adversarial loss of real images, ≥ 0. */
  readonly real: T;
  /** Adversarial loss of generated images, ≥ 0. */
  readonly fake: Tensor;
  /** R1 on real images; leave it out where it is not computed. */
  readonly r1?: Tensor | undefined;
}

/** Weights of equation (5). */
export interface DiscriminatorWeights {
  /** λ_reg ≥ 0, default 1. */
  readonly lambdaR1?: number | undefined;
}

/**
 * Terms of equation (6), all scalars or all `[batch]`; a term that is left out is not in the sum. The type of the sum is
 * that of `adversarial`.
 */
export interface GeneratorTerms<T extends Tensor = Tensor> {
  /** Adversarial loss of the translations. */
  readonly adversarial: T;
  /** Style reconstruction, equation (2). */
  readonly style?: Tensor | undefined;
  /** Style diversification, the distance between two translations of one image, equation (3); it is subtracted. */
  readonly diversity?: Tensor | undefined;
  /** Cycle consistency, equation (4). */
  readonly cycle?: Tensor | undefined;
}

/** Weights of equation (6), each ≥ 0, default 1. */
export interface GeneratorWeights {
  /** λ_sty. */
  readonly lambdaStyle?: number | undefined;
  /** λ_ds of this iteration. */
  readonly lambdaDiversity?: number | undefined;
  /** λ_cyc. */
  readonly lambdaCycle?: number | undefined;
}

function requireWeight(objective: string, name: string, weight: number): void {
  if (!Number.isFinite(weight) || weight < 0) {
    throw new Error(`${objective}: ${name} must be a finite number ≥ 0, got ${String(weight)}`);
  }
}

/**
 * Objective of the discriminator, equation (5), which it minimises: −L_adv + λ_reg·R1 = real + fake + λ_reg·r1.
 *
 * @param terms float32 scalars or `[batch]`, all of one shape; R1 may be left out.
 * @param weights λ_reg.
 * @returns the objective, in the shape of the terms.
 * @throws when the terms' shapes differ, or a weight is negative or not finite.
 */
export function discriminatorObjective<T extends Tensor>(
  { real, fake, r1 }: DiscriminatorTerms<T>,
  { lambdaR1 = 1 }: DiscriminatorWeights = {},
): T {
  requireWeight('discriminatorObjective', 'lambdaR1', lambdaR1);
  for (const [name, term] of Object.entries({ real, fake, ...(r1 && { r1 }) })) requireTensor('discriminatorObjective', name, term);
  requireSameShape('discriminatorObjective', ['real', real], ['fake', fake]);
  if (r1 !== undefined) requireSameShape('discriminatorObjective', ['real', real], ['r1', r1]);
  return tidy(() => {
    const adversarial = add<T>(real, fake);
    return r1 === undefined ? adversarial : add<T>(adversarial, mul(r1, lambdaR1));
  });
}

/**
 * Objective of generator, mapping network and style encoder, equation (6), which they minimise:
 * L_adv + λ_sty·L_sty − λ_ds·L_ds + λ_cyc·L_cyc.
 *
 * @param terms float32 scalars or `[batch]`, all of one shape; all but the adversarial one may be left out.
 * @param weights λ_sty, λ_ds and λ_cyc.
 * @returns the shape of the terms; may be negative, since diversity is subtracted.
 * @throws when the terms' shapes differ, or a weight is negative or not finite.
 */
export function generatorObjective<T extends Tensor>(
  { adversarial, style, diversity, cycle }: GeneratorTerms<T>,
  { lambdaStyle = 1, lambdaDiversity = 1, lambdaCycle = 1 }: GeneratorWeights = {},
): T {
  for (const [name, weight] of Object.entries({ lambdaStyle, lambdaDiversity, lambdaCycle })) {
    requireWeight('generatorObjective', name, weight);
  }
  requireTensor('generatorObjective', 'adversarial', adversarial);
  for (const [name, term] of Object.entries({ style, diversity, cycle })) {
    if (term === undefined) continue;
    requireTensor('generatorObjective', name, term);
    requireSameShape('generatorObjective', ['adversarial', adversarial], [name, term]);
  }
  return tidy(() => {
    let objective: T = clone(adversarial);
    if (style !== undefined) objective = add<T>(objective, mul(style, lambdaStyle));
    if (diversity !== undefined) objective = sub<T>(objective, mul(diversity, lambdaDiversity));
    if (cycle !== undefined) objective = add<T>(objective, mul(cycle, lambdaCycle));
    return objective;
  });
}
