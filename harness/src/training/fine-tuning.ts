import {
  describePretrained,
  describeTransfer,
  planTransfer,
  summarizeTransfer,
  type Pretrained,
  type TransferModel,
  type TransferPlan,
  type TransferSummary,
} from '@stargan/training';

/** The trained model that a training begins with. */
export interface FineTuning {
  readonly pretrained: Pretrained;
  /** Domains of the trained model whose heads new domains begin with, by the new names. */
  readonly copies: Readonly<Record<string, string>>;
}

/** What becomes of the weights of a trained model, as numbers. */
export type FineTuningSummary = TransferSummary & { readonly run: string; readonly iteration: number; readonly weights: 'ema' | 'live' };

/** What is taken over by a training of this model. @throws ConfigError where the two do not fit */
export const planFineTuning = ({ pretrained, copies }: FineTuning, to: TransferModel): TransferPlan =>
  planTransfer(pretrained, to, { holds: pretrained.holds, copies });

/** What is taken over and what is not, a line each. */
export const describeFineTuning = ({ pretrained }: FineTuning, plan: TransferPlan): string[] => [
  describePretrained(pretrained),
  ...describeTransfer(plan).map((line) => `  ${line}`),
  "  the optimisers' moments begin at zero, and the moving averages as the weights",
];

/** The same as data. */
export const summarizeFineTuning = ({ pretrained: { checkpoint, kind } }: FineTuning, plan: TransferPlan): FineTuningSummary => ({
  ...{ run: checkpoint.path, iteration: checkpoint.iteration, weights: kind },
  ...summarizeTransfer(plan),
});
