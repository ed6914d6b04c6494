import { count, type Fields } from '@stargan/config';
import { FID_NAMES } from '@stargan/evaluation';
import { metricTable } from '@stargan/metrics';

/** What the evaluations of a training run read. */
export const evaluationFields = {
  evaluateEvery: { ...count, default: 0, description: 'Iterations between evaluations; 0 makes none.' },
  evaluateOutputs: { ...count, minimum: 1, default: 10, description: 'Translations of each source in an evaluation.' },
  evaluateSources: { ...count, default: 0, description: 'Sources per domain in an evaluation; 0 takes all validation images.' },
  evaluateReals: { ...count, default: 0, description: 'Training images per domain that translations are compared with; 0 takes all.' },
  evaluateClassifierSteps: {
    ...count,
    minimum: 1,
    default: 800,
    description: 'Training steps of the classifier that tells the domains of translations.',
  },
  evaluateFid: {
    kind: 'choice',
    values: FID_NAMES,
    default: 'stargan2',
    description: "Whose FID it is: the paper's, clean-fid's or pytorch-fid's.",
  },
  bestMetric: {
    kind: 'choice',
    values: metricTable.map(({ key }) => key),
    default: 'fid',
    description: 'Metric whose best checkpoint is kept: its mean over both guidances.',
  },
} as const satisfies Fields;
