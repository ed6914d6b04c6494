import { add, clone, mul, scalar, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { valueAndGradients, type Parameters } from '@stargan/ops';
import { withDefaults } from '@stargan/config';
import { architectureFields, type ArchitectureConfig } from '../networks/config-fields.js';
import type { Networks } from '../networks/networks.js';
import { objectiveFields, type ObjectiveConfig } from './config-fields.js';
import { sumGradients } from './gradients.js';

/** What decides on the terms of an objective and on their weights. */
export type TermConfig = ObjectiveConfig & Pick<ArchitectureConfig, 'conditioning'>;

/** One term of an objective. */
export interface Term<Readings, Key extends keyof Readings = keyof Readings> {
  /** Its name in the log, behind `D/latent_`, `D/ref_`, `G/latent_` or `G/ref_`. */
  readonly name: string;
  /** How reports draw it: the title of its chart, which terms share, and the labels of its curves by guidance. */
  readonly chart?: { readonly title: string; readonly latent?: string; readonly ref?: string };
  /**
   * Whether there is such a term with this configuration; left out, its `weight` alone says so.
   *
   * @param config settles it, such as `adversarial`
   */
  when?(config: TermConfig): boolean;
  /**
   * Its factor in the objective; a term without a `weight` counts once.
   *
   * @param config settles the factor, or that there is no such term
   * @param networks settle it too: domains are classified only where the discriminator does it
   * @returns undefined where there is no such term
   */
  weight?(config: TermConfig, networks: Networks): number | undefined;
  /** What it is a function of. One pass must give all of it; the terms of a pass are differentiated together. */
  readonly reads: readonly Key[];
  /**
   * The term itself, a mean over the batch.
   *
   * @param readings what `reads` names
   * @param config settles variants of the term, such as `adversarial`
   */
  of(readings: Pick<Readings, Key>, config: TermConfig): Scalar;
}

/** A forward computation that terms read from. */
export interface Pass<Readings> {
  /** What it gives. */
  readonly gives: readonly (keyof Readings)[];
  /** What its terms are differentiated by. */
  readonly by: Parameters;
  /** The computation, as a function of what it is differentiated by. */
  compute(by: Parameters): Partial<Readings>;
}

/** A term with its factor in the objective at hand; undefined where it counts once. */
type Weighted<Readings> = Term<Readings> & { readonly factor: number | Scalar | undefined };

/** Factors of terms by name, as tensors: those that change with the iteration in a function that is recorded once and replayed. */
export type Factors = Readonly<Record<string, Scalar>>;

/**
 * The factors of terms that have one, as tensors; the caller owns them.
 *
 * @param terms of an objective
 * @param config settles which terms there are, and their factors
 * @param networks settle them too
 * @throws when a factor is not finite
 */
export function factorsOf<Readings>(
  terms: readonly Term<Readings>[],
  config: Partial<TermConfig>,
  networks: Networks,
): Record<string, Scalar> {
  const weighted = weighTerms(terms, termConfig(config), networks);
  return Object.fromEntries(weighted.flatMap(({ name, factor }) => (typeof factor === 'number' ? [[name, scalar(factor)]] : [])));
}

/**
 * The terms that there are with this configuration, with their factors; those of `factors` take the place of the configuration's.
 *
 * @throws when a factor is not finite
 */
export function weighTerms<Readings>(
  terms: readonly Term<Readings>[],
  config: TermConfig,
  networks: Networks,
  factors: Factors = {},
): Weighted<Readings>[] {
  return terms.flatMap((term) => {
    if (term.when?.(config) === false) return [];
    const factor = term.weight?.(config, networks);
    if (term.weight !== undefined && factor === undefined) return [];
    if (factor !== undefined && !Number.isFinite(factor))
      throw new Error(`objective: the weight of ${term.name} must be a finite number, got ${factor}`);
    return [{ ...term, of: term.of.bind(term), factor: factor === undefined ? factor : (factors[term.name] ?? factor) }];
  });
}

/** The sum of the terms with their factors. */
export function weightedSum<Readings>(terms: readonly Weighted<Readings>[], values: Readonly<Record<string, Tensor>>): Scalar {
  return tidy(() => {
    const weighted = terms.map(({ name, factor }): Tensor => (factor === undefined ? values[name]! : mul(values[name]!, factor)));
    return weighted.length === 1 ? clone(weighted[0] as Scalar) : (weighted.reduce((sum, term) => add(sum, term)) as Scalar);
  });
}

/**
 * The terms of an objective, and the gradients of their weighted sum. Each term is computed in the first pass that gives
 * all it reads, and passes without terms are left out. They are differentiated one after another, so that only one of
 * them keeps feature maps at a time.
 *
 * @returns values by the names of the terms, and gradients by the names of what the passes are differentiated by; the
 *   caller owns them
 * @throws when no pass gives all that a term reads
 */
export function differentiateTerms<Readings>(
  terms: readonly Weighted<Readings>[],
  passes: readonly Pass<Readings>[],
  config: TermConfig,
): { values: Record<string, Tensor>; gradients: Record<string, Tensor> } {
  const passOf = ({ name, reads }: Weighted<Readings>): Pass<Readings> => {
    const pass = passes.find(({ gives }) => reads.every((key) => gives.includes(key)));
    if (pass === undefined) throw new Error(`objective: the term ${name} must read what one pass gives, got ${reads.join(', ')}`);
    return pass;
  };
  const passOfEach = new Map(terms.map((term) => [term, passOf(term)]));
  const values: Record<string, Tensor> = {};
  let gradients: Record<string, Tensor> = {};
  for (const pass of passes) {
    const own = terms.filter((term) => passOfEach.get(term) === pass);
    if (own.length === 0) continue;
    const result = valueAndGradients((by) => {
      // The terms of a pass read nothing that it does not give.
      const readings = pass.compute(by) as Readings;
      const auxiliary = Object.fromEntries(own.map((term) => [term.name, term.of(readings, config)]));
      return { value: weightedSum(own, auxiliary), auxiliary };
    }, pass.by);
    result.value.dispose();
    Object.assign(values, result.auxiliary);
    gradients = sumGradients(gradients, result.gradients);
  }
  return { values, gradients };
}

/** The configuration of an objective, with the reference's values for what is left out. */
export function termConfig(values: Partial<TermConfig>): TermConfig {
  const { conditioning = architectureFields.conditioning.default } = values;
  return { ...withDefaults(objectiveFields, values), conditioning };
}
