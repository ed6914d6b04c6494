import type { FeatureComparison } from './metric.js';

/** Computes what two metrics share once for each comparison. */
export function perComparison<Result>(compute: (comparison: FeatureComparison) => Result): (comparison: FeatureComparison) => Result {
  const results = new WeakMap<FeatureComparison, Result>();
  return (comparison) => {
    if (!results.has(comparison)) results.set(comparison, compute(comparison));
    return results.get(comparison)!;
  };
}
