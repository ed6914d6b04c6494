import type { TensorContainer } from '@tensorflow/tfjs-core';
import type { Scale } from './scale.js';

/** Ways to compute the same thing, by name. They are run in turn; what they return is read, compared and disposed. */
export type Variants = Readonly<Record<string, () => TensorContainer>>;

/** Work on tensors. */
export interface TensorCase {
  /** What is computed, with its shapes: `3×3 at 4×64×64, 256 → 256`. */
  readonly name: string;
  /** Convolutions take most of the time, so that GFLOP/s and the share of the matmul peak mean something. */
  readonly arithmetic?: boolean;
  /** Makes the inputs and gives the variants. Tensors and variables made here live until the case is done. */
  readonly prepare: () => Variants;
}

/** Ways to read images, by name. */
export interface ImageVariants {
  readonly variants: Readonly<Record<string, () => Promise<unknown>>>;
  /** Frees what the variants need. */
  readonly close?: () => Promise<void>;
}

/** Work on images, in other threads as well. */
export interface ImageCase {
  readonly name: string;
  /** Images that one run of a variant reads. */
  readonly images: number;
  readonly prepareImages: () => Promise<ImageVariants>;
}

/** One thing to measure. */
export type Case = TensorCase | ImageCase;

/** All cases of one subject. */
export interface Suite {
  readonly name: string;
  readonly cases: (scale: Scale) => readonly Case[];
}

/** A case and the name of its suite. */
export type NamedCase = Case & { readonly suite: string };

/** The cases of all suites. @throws when two have one name */
export function casesOf(suites: readonly Suite[], scale: Scale): NamedCase[] {
  const cases = suites.flatMap((suite) => suite.cases(scale).map((one) => ({ ...one, suite: suite.name })));
  const names = cases.map(caseName);
  const repeated = names.find((name, i) => names.indexOf(name) < i);
  if (repeated !== undefined) throw new Error(`two cases are called ${repeated}; give one another name`);
  return cases;
}

/** The name that a filter is compared with. */
export const caseName = ({ suite, name }: Pick<NamedCase, 'suite' | 'name'>): string => `${suite} › ${name}`;
