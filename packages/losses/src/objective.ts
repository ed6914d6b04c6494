import { add, mul, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { requireSameShape } from './shapes.js';

/** Terms of equation (5), all scalars or all `[batch]`. */
export interface DiscriminatorTerms {
  /** Adversarial loss of real images, ≥ 0. */
  readonly real: Tensor;
  /** Adversarial loss of generated images, ≥ 0. */
  readonly fake: Tensor;
  /** R1 on real images; left out where it is not computed. */
  readonly r1?: Tensor;
}

/** Weights of equation (5). */
export interface DiscriminatorWeights {
  /** λ_reg ≥ 0, default 1. */
  readonly lambdaR1?: number;
}

/** Terms of equation (6), all scalars or all `[batch]`; a term that is left out is not in the sum. */
export interface GeneratorTerms {
  /** Adversarial loss of the translations. */
  readonly adversarial: Tensor;
  /** Style reconstruction, equation (2). */
  readonly style?: Tensor;
  /** Distance between two translations of one image, equation (3); it is subtracted. */
  readonly diversity?: Tensor;
  /** Cycle consistency, equation (4). */
  readonly cycle?: Tensor;
}

/** Weights of equation (6), each ≥ 0, default 1. */
export interface GeneratorWeights {
  /** λ_sty. */
  readonly lambdaStyle?: number;
  /** λ_ds of this iteration. */
  readonly lambdaDiversity?: number;
  /** λ_cyc. */
  readonly lambdaCycle?: number;
}

function requireWeight(objective: string, name: string, weight: number): void {
  if (!Number.isFinite(weight) || weight < 0) {
    throw new Error(`${objective}: ${name} must be a finite number ≥ 0, got ${String(weight)}`);
  }
}

/**
 * What the discriminator minimises, equation (5): −L_adv + λ_reg·R1 = real + fake + λ_reg·r1.
 *
 * @param terms float32 scalars or `[batch]`, all of one shape; R1 may be left out.
 * @param weights λ_reg.
 * @returns the shape of the terms.
 * @throws when the terms' shapes differ, or a weight is negative or not finite.
 */
export function discriminatorObjective(
  { real, fake, r1 }: DiscriminatorTerms,
  { lambdaR1 = 1 }: DiscriminatorWeights = {},
): Tensor {
  requireWeight('discriminatorObjective', 'lambdaR1', lambdaR1);
  requireSameShape('discriminatorObjective', ['real', real], ['fake', fake]);
  if (r1 !== undefined) requireSameShape('discriminatorObjective', ['real', real], ['r1', r1]);
  return tidy(() => {
    const adversarial = add(real, fake);
    return r1 === undefined ? adversarial : add(adversarial, mul(r1, lambdaR1));
  });
}

/**
 * What generator, mapping network and style encoder minimise, equation (6):
 * L_adv + λ_sty·L_sty − λ_ds·L_ds + λ_cyc·L_cyc.
 *
 * @param terms float32 scalars or `[batch]`, all of one shape; all but the adversarial one may be left out.
 * @param weights λ_sty, λ_ds and λ_cyc.
 * @returns the shape of the terms; may be negative, for diversity is subtracted.
 * @throws when the terms' shapes differ, or a weight is negative or not finite.
 */
export function generatorObjective(
  { adversarial, style, diversity, cycle }: GeneratorTerms,
  { lambdaStyle = 1, lambdaDiversity = 1, lambdaCycle = 1 }: GeneratorWeights = {},
): Tensor {
  for (const [name, weight] of Object.entries({ lambdaStyle, lambdaDiversity, lambdaCycle })) {
    requireWeight('generatorObjective', name, weight);
  }
  for (const [name, term] of Object.entries({ style, diversity, cycle })) {
    if (term !== undefined) requireSameShape('generatorObjective', ['adversarial', adversarial], [name, term]);
  }
  return tidy(() => {
    let objective = adversarial.clone();
    if (style !== undefined) objective = add(objective, mul(style, lambdaStyle));
    if (diversity !== undefined) objective = sub(objective, mul(diversity, lambdaDiversity));
    if (cycle !== undefined) objective = add(objective, mul(cycle, lambdaCycle));
    return objective;
  });
}
