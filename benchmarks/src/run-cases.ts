import { formatCase } from './format-case.js';
import { runCase, type RunOptions, type VariantResult } from './run-case.js';
import { caseName, type NamedCase } from './suite.js';

/** What came of some cases. */
export interface VariantOutcome {
  results: VariantResult[];
  /** Why cases could not be measured; they do not keep the others from it. */
  failures: string[];
}

/**
 * Measures one case after the other.
 *
 * @param print gets the table of each case as soon as it is there
 */
export async function runCases(cases: readonly NamedCase[], options: RunOptions, print: (table: string) => void): Promise<VariantOutcome> {
  const outcome: VariantOutcome = { results: [], failures: [] };
  for (const measured of cases) {
    try {
      const variants = await runCase(measured, options);
      print(`${formatCase(caseName(measured), variants)}\n`);
      outcome.results.push(...variants);
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      print(`FAILED ${failure}\n`);
      outcome.failures.push(failure);
    }
  }
  return outcome;
}
