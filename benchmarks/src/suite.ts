import type { TensorContainer } from '@tensorflow/tfjs-core';
import type { Scale } from './scale.js';

/** Ways to compute the same thing, by name. They are run in turn; what they return is read and disposed. */
export type Variants = Readonly<Record<string, () => TensorContainer>>;

/** One thing to measure. */
export interface Case {
  /** What is computed, with its shapes: `3×3 at 4×64×64, 256 → 256`. */
  readonly name: string;
  /** Convolutions take most of the time, so that GFLOP/s and the share of the matmul peak mean something. */
  readonly arithmetic?: boolean;
  /** Makes the inputs and gives the variants. Tensors made here live until the case is done. */
  readonly prepare: () => Variants;
}

/** All cases of one subject. */
export interface Suite {
  /** The subject; files that name the same one add to it. */
  readonly name: string;
  readonly cases: (scale: Scale) => readonly Case[];
}

/** A case with the variants of every file that has it. */
export interface MergedCase {
  readonly suite: string;
  readonly name: string;
  readonly arithmetic: boolean;
  readonly prepare: readonly (() => Variants)[];
}

/** Puts cases of the same suite and name together, so that a variant can live in a file of its own. */
export function mergeCases(suites: readonly Suite[], scale: Scale): MergedCase[] {
  const merged = new Map<string, MergedCase>();
  for (const suite of suites) {
    for (const { name, arithmetic = false, prepare } of suite.cases(scale)) {
      const key = caseName(suite.name, name);
      const sofar = merged.get(key);
      merged.set(key, {
        suite: suite.name,
        name,
        arithmetic: arithmetic || sofar?.arithmetic === true,
        prepare: [...(sofar?.prepare ?? []), prepare],
      });
    }
  }
  return [...merged.values()];
}

/** The name that a filter is compared with. */
export const caseName = (suite: string, name: string): string => `${suite} › ${name}`;

/** All variants of a case. @throws when two files give one the same name */
export function prepareVariants({ suite, name, prepare }: MergedCase): Variants {
  const variants: Record<string, () => TensorContainer> = {};
  for (const [variant, run] of prepare.flatMap((make) => Object.entries(make()))) {
    if (Object.hasOwn(variants, variant)) throw new Error(`${caseName(suite, name)}: two files define the variant ${variant}; give one another name`);
    variants[variant] = run;
  }
  return variants;
}
