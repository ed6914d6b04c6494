import { formatShare, type EvaluatorMetric } from './metric.js';

/** The share of translations that a classifier takes for their target domain. */
export const domainAccuracy: EvaluatorMetric<'classifier'> = {
  key: 'domainAccuracy',
  heading: 'domain',
  title: 'Share taken for the target domain',
  direction: 'higher',
  format: formatShare,
  range: [0, 1],
  needs: 'classifier',
  fewest: { translations: 1 },
  compute: (translations, classify) => classify(translations).map((found) => Number(found === translations.target)),
};
